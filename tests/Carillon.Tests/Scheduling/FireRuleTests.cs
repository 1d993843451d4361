using Carillon.Store;

namespace Carillon.Tests.Scheduling;

public sealed class FireRuleTests
{
    [Theory]
    // On the instant, and up to a minute late, it fires whatever the policy.
    [InlineData(MisfirePolicy.Skip, "24h", "1h", "1h", "2h", "")]
    [InlineData(MisfirePolicy.Skip, "24h", "1h1m", "1h", "2h", "")]
    [InlineData(MisfirePolicy.Skip, "0s", "1h1m", "1h", "2h", "")]
    // Beyond a minute the policy decides.
    [InlineData(MisfirePolicy.Skip, "24h", "1h1m1s", "", "2h", "misfire 1h..1h ×1")]
    [InlineData(MisfirePolicy.Once, "24h", "1h1m1s", "1h", "2h", "")]
    [InlineData(MisfirePolicy.All, "24h", "1h1m1s", "1h", "2h", "")]
    // Of many missed: none, the latest, the latest few.
    [InlineData(MisfirePolicy.Skip, "24h", "5h30m", "", "6h", "misfire 1h..5h ×5")]
    [InlineData(MisfirePolicy.Once, "24h", "5h30m", "5h", "6h", "misfire 1h..4h ×4")]
    [InlineData(MisfirePolicy.All, "24h", "5h30m", "3h 4h 5h", "6h", "misfire 1h..2h ×2")]
    // A late one runs besides, and stands for the missed ones under `once`.
    [InlineData(MisfirePolicy.Skip, "24h", "5h30s", "5h", "6h", "misfire 1h..4h ×4")]
    [InlineData(MisfirePolicy.Once, "24h", "5h30s", "5h", "6h", "misfire 1h..4h ×4")]
    [InlineData(MisfirePolicy.All, "24h", "5h30s", "2h 3h 4h 5h", "6h", "misfire 1h..1h ×1")]
    // Nothing beyond the window runs.
    [InlineData(MisfirePolicy.Skip, "2h", "5h30m", "", "6h", "outside window 1h..3h ×3 | misfire 4h..5h ×2")]
    [InlineData(MisfirePolicy.Once, "2h", "5h30m", "5h", "6h", "outside window 1h..3h ×3 | misfire 4h..4h ×1")]
    [InlineData(MisfirePolicy.All, "2h", "5h30m", "4h 5h", "6h", "outside window 1h..3h ×3")]
    [InlineData(MisfirePolicy.Once, "0s", "5h30m", "", "6h", "outside window 1h..5h ×5")]
    [InlineData(MisfirePolicy.All, "0s", "5h30m", "", "6h", "outside window 1h..5h ×5")]
    [InlineData(MisfirePolicy.Once, "30m", "5h30m", "5h", "6h", "outside window 1h..4h ×4")]
    public void A_missed_instant_meets_the_policy_and_the_window(MisfirePolicy policy, string window, string now, string jobs, string next, string facts)
    {
        var schedule = Hourly() with { Misfire = policy, MisfireWindow = Span(window), MisfireMax = 3 };

        var firing = Sample.Decide(schedule, Sample.Noon + Span(now));

        Assert.Equal(jobs, Sample.Jobs(firing));
        Assert.Equal(next, Sample.Offset(firing.NextAt));
        Assert.Equal(facts, Sample.Facts(firing.Facts));
        Assert.Equal((schedule.Name, schedule.Id, 3L, schedule.NextAt), (firing.Schedule, firing.ScheduleId, firing.Version, firing.ExpectedNextAt));
    }

    [Fact]
    public void The_job_belongs_to_the_schedule_s_group()
    {
        var firing = Sample.Decide(Hourly() with { Group = "acme" }, Sample.Noon + Span("1h"));

        Assert.Equal("acme", Assert.Single(firing.Jobs).Group);
    }

    [Fact]
    public void Every_late_instant_makes_its_job()
    {
        var schedule = Sample.Of(RecurrenceKind.Every, "10s", Sample.Noon.AddSeconds(10));

        var firing = Sample.Decide(schedule, Sample.Noon.AddSeconds(45));

        Assert.Equal("10s 20s 30s 40s", Sample.Jobs(firing));
        Assert.Equal("50s", Sample.Offset(firing.NextAt));
    }

    [Theory]
    [InlineData(RecurrenceKind.Every, "1s", "×2591939")]
    [InlineData(RecurrenceKind.Cron, "* * * * * *", "≥10001")]
    public void A_month_of_missed_seconds_is_one_entry_each_and_no_search(RecurrenceKind kind, string expression, string count)
    {
        var schedule = Sample.Of(kind, expression, Sample.Noon.AddSeconds(1)) with { Misfire = MisfirePolicy.Skip, MisfireWindow = TimeSpan.FromDays(60) };

        var firing = Sample.Decide(schedule, Sample.Noon.AddDays(30));

        Assert.Equal(61, firing.Jobs.Count);
        Assert.Equal($"misfire 1s..29d23h58m59s {count}", Sample.Facts(firing.Facts));
    }

    [Fact]
    public void The_latest_missed_second_of_a_month_is_found()
    {
        var schedule = Sample.Of(RecurrenceKind.Cron, "*/10 * 9 * * *", Sample.Noon) with { MisfireWindow = TimeSpan.FromDays(60) };

        var firing = Sample.Decide(schedule, Sample.Noon.AddDays(30));

        Assert.Equal("29d21h59m50s", Sample.Jobs(firing));
    }

    [Theory]
    [InlineData("2h30m", "2h", "none", "misfire 1h..1h ×1")]
    [InlineData("1h", "1h", "none", "")]
    public void Nothing_fires_after_the_end(string end, string jobs, string next, string facts)
    {
        var schedule = Hourly() with { EndAt = Sample.Noon + Span(end) };

        var firing = Sample.Decide(schedule, Sample.Noon + TimeSpan.FromHours(5.5));

        Assert.Equal(jobs, Sample.Jobs(firing));
        Assert.Equal(next, Sample.Offset(firing.NextAt));
        Assert.Equal(facts, Sample.Facts(firing.Facts));
    }

    [Fact]
    public void No_more_jobs_are_made_than_the_count_allows()
    {
        var schedule = Hourly() with { Misfire = MisfirePolicy.All, MaxCount = 10, FiredCount = 8 };

        var firing = Sample.Decide(schedule, Sample.Noon.AddHours(5.5));

        Assert.Equal("1h 2h", Sample.Jobs(firing));
        Assert.Equal("max count 3h..5h ×3", Sample.Facts(firing.Facts));
    }

    [Fact]
    public void Jitter_moves_the_job_and_not_its_instant()
    {
        var schedule = Hourly() with { Jitter = TimeSpan.FromMinutes(10) };

        var late = Sample.Decide(schedule, Sample.Noon.AddHours(1)).Jobs[0];
        var missed = Sample.Decide(schedule, Sample.Noon.AddHours(1.5)).Jobs[0];

        Assert.Equal(Sample.Noon.AddHours(1), late.ScheduledAt);
        Assert.InRange(late.RunAt!.Value, Sample.Noon.AddHours(1), Sample.Noon.AddMinutes(70));
        Assert.NotEqual(late.ScheduledAt, late.RunAt);
        Assert.Equal(Sample.Noon.AddHours(1), missed.ScheduledAt);
        Assert.InRange(missed.RunAt!.Value, Sample.Noon.AddHours(1.5), Sample.Noon.AddMinutes(100));
    }

    [Fact]
    public void The_job_is_the_templates()
    {
        var schedule = Hourly() with
        {
            Args = [1, 2],
            Queue = "mail",
            Priority = 7,
            Retry = new RetryPolicy { Attempts = 2 },
            Timeout = TimeSpan.FromMinutes(1),
            Output = "[]",
            Tenant = "acme",
        };

        var job = Assert.Single(Sample.Decide(schedule, Sample.Noon.AddHours(1)).Jobs);

        Assert.Equal(("letters.send", "mail", 7, "[]", "acme", "letters"), (job.Handler, job.Queue, job.Priority, job.Output, job.Tenant, job.Schedule));
        Assert.Equal((schedule.Args, schedule.Retry, schedule.Timeout), (job.Args, job.Retry, job.Timeout));
        Assert.Equal((Sample.Noon.AddHours(1), null, null), (job.RunAt, job.Traceparent, job.ScheduleDelay));
        Assert.NotEqual(Guid.Empty, job.Id);
    }

    [Theory]
    [InlineData(OverlapPolicy.Allow, false)]
    [InlineData(OverlapPolicy.Skip, true)]
    [InlineData(OverlapPolicy.Queue, true)]
    [InlineData(OverlapPolicy.CancelPrevious, true)]
    public void Jobs_that_must_not_overlap_share_a_key(OverlapPolicy overlap, bool isKeyed)
    {
        var schedule = Hourly() with { Overlap = overlap };

        var firing = Sample.Decide(schedule, Sample.Noon.AddHours(1));

        var key = isKeyed ? schedule.ConcurrencyKey : null;
        Assert.Equal((overlap, key, key), (firing.Overlap, firing.ConcurrencyKey, firing.Jobs[0].ConcurrencyKey));
    }

    [Fact]
    public void A_shadow_records_what_it_would_have_made()
    {
        var schedule = Hourly() with { Mode = ScheduleMode.Shadow, Misfire = MisfirePolicy.All };

        var firing = Sample.Decide(schedule, Sample.Noon.AddHours(2));

        Assert.Empty(firing.Jobs);
        Assert.Equal("shadow 1h | shadow 2h", Sample.Facts(firing.Facts));
        Assert.Equal("3h", Sample.Offset(firing.NextAt));
    }

    [Fact]
    public void A_fixed_delay_waits_for_its_jobs_end()
    {
        var schedule = Sample.Of(RecurrenceKind.Every, "5m after end", Sample.Noon.AddMinutes(5));

        var firing = Sample.Decide(schedule, Sample.Noon.AddMinutes(5));

        Assert.Null(firing.NextAt);
        Assert.Equal(TimeSpan.FromMinutes(5), Assert.Single(firing.Jobs).ScheduleDelay);
        Assert.Equal(OverlapPolicy.Queue, firing.Overlap);
    }

    [Theory]
    [InlineData(MisfirePolicy.Skip, "24h", "misfire 5m..5m ×1")]
    [InlineData(MisfirePolicy.Once, "10m", "outside window 5m..5m ×1")]
    public void A_fixed_delay_that_makes_no_job_goes_on_by_itself(MisfirePolicy policy, string window, string facts)
    {
        var schedule = Sample.Of(RecurrenceKind.Every, "5m after end", Sample.Noon.AddMinutes(5)) with { Misfire = policy, MisfireWindow = Span(window) };

        var firing = Sample.Decide(schedule, Sample.Noon.AddMinutes(30));

        Assert.Empty(firing.Jobs);
        Assert.Equal(facts, Sample.Facts(firing.Facts));
        Assert.Equal("35m", Sample.Offset(firing.NextAt));
    }

    [Fact]
    public void An_instant_off_the_timetable_is_handled_like_any_other()
    {
        var schedule = Hourly() with { NextAt = Sample.Noon.AddMinutes(90), Misfire = MisfirePolicy.All };

        var firing = Sample.Decide(schedule, Sample.Noon.AddHours(3.5));

        Assert.Equal("1h30m 2h 3h", Sample.Jobs(firing));
    }

    private static Schedule Hourly() => Sample.Of(RecurrenceKind.Cron, "0 * * * *", Sample.Noon.AddHours(1));

    private static TimeSpan Span(string text) => Carillon.Language.Durations.TryParse(text, out var span, out _) ? span : throw new ArgumentException(text);
}
