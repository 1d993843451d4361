using Carillon.Language;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Store.Memory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Scheduling;

public sealed class ScheduleClientTests : IAsyncDisposable
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly MemoryStore _store = new();
    private readonly SetClock _clock = new(Sample.Noon);
    private readonly ScheduleStep _step;
    private readonly ScheduleClient _client;

    public ScheduleClientTests()
    {
        var ids = new JobIds(_clock, new Chance(1));
        _step = new ScheduleStep(_store, _clock, new Chance(2), ids, NullLogger<ScheduleStep>.Instance);
        _client = new ScheduleClient(_store, _clock, ids, new ScheduleDefaults("Europe/Berlin"));
    }

    [Fact]
    public async Task A_new_schedule_takes_the_hosts_zone_and_its_first_instant()
    {
        var result = await _client.PutAsync(Sample.Request("30 13 * * *"), Sample.Ada);

        Assert.Equal(PutStatus.Created, result.Status);
        Assert.Equal(("Europe/Berlin", "30m", Sample.Noon, 1L), (result.Schedule!.Zone, Sample.Offset(result.Schedule.NextAt), result.Schedule.AnchorAt, result.Schedule.Version));
        Assert.Equal(result.Schedule, await _client.GetAsync("letters"));
    }

    [Fact]
    public async Task A_windows_zone_is_kept_as_its_iana_id()
    {
        var result = await _client.PutAsync(Sample.Request() with { Zone = "Eastern Standard Time" }, Sample.Ada);

        Assert.Equal("America/New_York", result.Schedule!.Zone);
    }

    [Fact]
    public async Task Every_fault_is_listed_and_nothing_is_written()
    {
        var request = new ScheduleRequest
        {
            Name = "a\nb",
            Handler = "",
            Kind = RecurrenceKind.Cron,
            Expression = "61 * * * *",
            Zone = "Berlin",
            MisfireMax = 0,
            MisfireWindow = -TimeSpan.FromHours(1),
            Jitter = TimeSpan.FromDays(2),
            Queue = "",
            Priority = 101,
            Args = [(byte)'{'],
            Retry = new RetryPolicy { Attempts = 0 },
            Timeout = TimeSpan.Zero,
            StartAt = Sample.Noon.AddDays(2),
            EndAt = Sample.Noon.AddDays(1),
            MaxCount = 0,
            Output = "[",
            Metadata = "x",
            Description = new string('x', 2_001),
        };

        var exception = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.PutAsync(request, Sample.Ada));

        string[] expected =
        [
            "args", "cron", "description", "endAt", "handler", "jitter", "maxCount", "metadata", "misfire.max", "misfire.window", "name", "output", "priority",
            "queue", "retry.attempts", "timeout", "zone",
        ];
        Assert.Equal(expected, exception.Faults.Select(fault => fault.Field).Order(StringComparer.Ordinal));
        Assert.Empty(await _client.ListAsync(new ScheduleQuery()));
    }

    [Theory]
    [InlineData(RecurrenceKind.Cron, "0 0 31 2 *", null, "cron", "never fires: 31 February")]
    [InlineData(RecurrenceKind.Cron, "0 0 12 1 1 ? 2020", "quartz", "cron", "never fires again, up to the year 2199: at 12:00")]
    [InlineData(RecurrenceKind.Cron, "@reboot", null, "cron", "Enqueue a job when the program starts")]
    [InlineData(RecurrenceKind.Every, "999999d", null, "every", "never fires again, up to the year 2199: every 999999d")]
    [InlineData(RecurrenceKind.Every, "{\"\\ud800\":1}", null, "every", "The interval is not JSON")]
    [InlineData(RecurrenceKind.At, "2026-12-31T00:00Z", null, "at", "is in the past")]
    [InlineData(RecurrenceKind.At, "2027-01-01T12:00:00Z", null, "at", "is in the past")]
    [InlineData(RecurrenceKind.Text, "evry day", null, "text", "Did you mean 'every'")]
    [InlineData(RecurrenceKind.Every, "50ms", null, "every", "too short")]
    [InlineData(RecurrenceKind.Every, "5m", "unix", "dialect", "not cron")]
    [InlineData(RecurrenceKind.Cron, "0 0 * * *", "spring", "dialect", "not known")]
    [InlineData(RecurrenceKind.Cron, "0 0 * * *", "quartz", "cron", "6 fields")]
    [InlineData(RecurrenceKind.Cron, "@reboot", null, "cron", "no instant of a calendar")]
    public async Task What_cannot_fire_is_refused_with_the_words_why(RecurrenceKind kind, string expression, string? dialect, string field, string words)
    {
        var request = Sample.Request() with { Kind = kind, Expression = expression, Dialect = dialect };

        var exception = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.PutAsync(request, Sample.Ada));

        var fault = Assert.Single(exception.Faults);
        Assert.Equal(field, fault.Field);
        Assert.Contains(words, fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2h", "2h30m", "endAt", "no instant")]
    [InlineData(null, "-1h", "endAt", "already past")]
    public async Task A_span_without_instants_is_refused(string? start, string end, string field, string words)
    {
        var request = Sample.Request("15 18 * * *") with { StartAt = start is null ? null : Sample.Noon + Span(start), EndAt = Sample.Noon + Span(end) };

        var exception = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.PutAsync(request, Sample.Ada));

        Assert.Contains(exception.Faults, fault => fault.Field == field && fault.Message.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_update_keeps_what_has_happened()
    {
        var made = (await _client.PutAsync(Sample.Request(), Sample.Ada)).Schedule!;
        await RunAtAsync(TimeSpan.FromHours(1));
        await _client.PauseAsync("letters", "flood", Sample.Ada);

        var result = await _client.PutAsync(Sample.Request("*/30 * * * *") with { Priority = 5 }, Sample.Ada);

        var now = (await _client.GetAsync("letters"))!;
        Assert.Equal(PutStatus.Updated, result.Status);
        Assert.Equal((made.Id, made.CreatedAt, 1L, ScheduleMode.Paused, "flood", 5), (now.Id, now.CreatedAt, now.FiredCount, now.Mode, now.PauseReason, now.Priority));
        Assert.Equal("1h30m", Sample.Offset(now.NextAt));
    }

    [Fact]
    public async Task The_same_request_writes_nothing()
    {
        var made = await _client.PutAsync(Sample.Request() with { Args = [(byte)'1'] }, Sample.Ada);
        _clock.Now = Sample.Noon.AddMinutes(1);

        var again = await _client.PutAsync(Sample.Request() with { Args = [(byte)'1'] }, Sample.Ada);

        Assert.Equal(PutStatus.Unchanged, again.Status);
        Assert.Equal(made.Schedule, again.Schedule);
    }

    [Theory]
    [InlineData("10m", "desc", "10m")]
    [InlineData("600s", null, "10m")]
    [InlineData("7m", null, "10m")]
    public async Task An_intervals_anchor_moves_only_with_the_interval(string interval, string? description, string expected)
    {
        var every = Sample.Request() with { Kind = RecurrenceKind.Every, Expression = "10m" };
        await _client.PutAsync(every, Sample.Ada);
        _clock.Now = Sample.Noon.AddMinutes(3);

        await _client.PutAsync(every with { Expression = interval, Description = description }, Sample.Ada);

        var schedule = (await _client.GetAsync("letters"))!;
        Assert.Equal(expected, Sample.Offset(schedule.NextAt));
        Assert.Equal(interval == "7m" ? "3m" : "0s", Sample.Offset(schedule.AnchorAt));
    }

    [Fact]
    public async Task An_interval_counts_from_its_start()
    {
        var request = Sample.Request() with { Kind = RecurrenceKind.Every, Expression = "10m", StartAt = Sample.Noon.AddMinutes(25) };

        await _client.PutAsync(request, Sample.Ada);

        Assert.Equal(["25m", "35m"], (await _client.NextAsync("letters", 2))!.Select(next => Sample.Offset(next.At)));
    }

    [Fact]
    public async Task Conditions_hold()
    {
        var missing = await _client.PutAsync(Sample.Request(), Sample.Ada, PutCondition.MustExist);
        var made = await _client.PutAsync(Sample.Request(), Sample.Ada, PutCondition.MustBeNew);
        var twice = await _client.PutAsync(Sample.Request(), Sample.Ada, PutCondition.MustBeNew);

        Assert.Equal((PutStatus.Refused, PutStatus.Created, PutStatus.Refused), (missing.Status, made.Status, twice.Status));
        Assert.Null(missing.Schedule);
        Assert.Equal(made.Schedule, twice.Schedule);
    }

    [Fact]
    public async Task A_fault_in_one_of_many_leaves_all_as_they_were()
    {
        ScheduleRequest[] requests = [Sample.Request(), Sample.Request("0 0 30 2 *", "other"), Sample.Request(name: "third")];

        var exception = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.PutAllAsync(requests, Sample.Ada));
        var twice = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.PutAllAsync([requests[0], requests[0]], Sample.Ada));

        Assert.Equal("schedules[1].cron", Assert.Single(exception.Faults).Field);
        Assert.Equal("schedules[0].name", Assert.Single(twice.Faults).Field);
        Assert.Empty(await _client.ListAsync(new ScheduleQuery()));
    }

    [Fact]
    public async Task A_trigger_makes_a_job_now_and_is_recorded()
    {
        var schedule = (await _client.PutAsync(Sample.Request(), Sample.Ada)).Schedule!;
        _clock.Now = Sample.Noon.AddMinutes(7);

        var id = await _client.TriggerAsync("letters", Sample.Ada with { What = "schedule.trigger" });

        var job = Assert.Single(await JobsAsync());
        Assert.Equal((id, "7m", "7m", schedule.ConcurrencyKey), (job.Id, Sample.Offset(job.ScheduledAt), Sample.Offset(job.RunAt), job.ConcurrencyKey));
        Assert.Equal(["manual"], job.Tags);
        var acts = await _store.ReadAsync(new JournalQuery { Subject = new Subject(SubjectKind.Schedule, "letters"), Kinds = [JournalKinds.Act], IsNewestFirst = true }, Stop);
        Assert.Contains("schedule.trigger", acts[0].Data, StringComparison.Ordinal);
        Assert.Equal(schedule.NextAt, (await _client.GetAsync("letters"))!.NextAt);
        Assert.Null(await _client.TriggerAsync("nobody", Sample.Ada));
    }

    [Fact]
    public async Task A_removed_schedule_is_gone()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);

        Assert.True(await _client.RemoveAsync("letters", Sample.Ada));
        Assert.False(await _client.RemoveAsync("letters", Sample.Ada));
        Assert.Null(await _client.NextAsync("letters", 3));
    }

    [Fact]
    public async Task The_instants_to_come_obey_count_end_and_pause()
    {
        await _client.PutAsync(Sample.Request() with { MaxCount = 2 }, Sample.Ada);
        await _client.PutAsync(Sample.Request(name: "ends") with { EndAt = Sample.Noon.AddHours(3) }, Sample.Ada);
        await _client.PauseAsync("ends", null, Sample.Ada);
        _clock.Now = Sample.Noon.AddHours(1.5);

        Assert.Equal(["1h", "2h"], (await _client.NextAsync("letters", 5))!.Select(next => Sample.Offset(next.At)));
        Assert.Equal(["2h", "3h"], (await _client.NextAsync("ends", 5))!.Select(next => Sample.Offset(next.At)));
        await Assert.ThrowsAsync<InvalidRequestException>(() => _client.NextAsync("letters", 0));
    }

    [Fact]
    public void A_preview_shows_text_meaning_and_instants()
    {
        var preview = _client.Preview(Preview("30 2 * * *", "America/New_York", 2));

        Assert.Equal(("30 2 * * *", "at 02:30", "America/New_York"), (preview.Canonical, preview.Explanation, preview.Zone.Id));
        Assert.Equal(["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"], preview.Next.Select(next => next.Local.ToString("yyyy-MM-ddTHH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(2, Assert.Throws<InvalidRequestException>(() => _client.Preview(Preview("x", "y", 1))).Faults.Count);
        Assert.Equal("count", Assert.Single(Assert.Throws<InvalidRequestException>(() => _client.Preview(Preview("@daily", "UTC", 0))).Faults).Field);
    }

    private static PreviewRequest Preview(string cron, string zone, int count) =>
        new() { Kind = RecurrenceKind.Cron, Expression = cron, Zone = zone, From = new DateTimeOffset(2026, 3, 8, 0, 0, 0, TimeSpan.FromHours(-5)), Count = count };

    [Fact]
    public async Task A_zone_that_the_text_names_is_the_schedules_zone_and_another_one_is_refused()
    {
        var put = await _client.PutAsync(Sample.Request("CRON_TZ=Europe/Berlin 0 9 * * *", "zoned"), Sample.Ada);

        var refusal = await Assert.ThrowsAsync<InvalidRequestException>(
            () => _client.PutAsync(Sample.Request("CRON_TZ=Europe/Berlin 0 9 * * *", "zoned") with { Zone = "Europe/Paris" }, Sample.Ada));

        Assert.Equal("Europe/Berlin", put.Schedule!.Zone);
        var fault = Assert.Single(refusal.Faults);
        Assert.Equal(("zone", "Europe/Paris"), (fault.Field, fault.Value));
        Assert.Contains("'Europe/Berlin'", fault.Message, StringComparison.Ordinal);
    }

    private async Task RunAtAsync(TimeSpan afterNoon)
    {
        _clock.Now = Sample.Noon + afterNoon;
        await _step.RunOnceAsync(Stop);
    }

    private Task<IReadOnlyList<Job>> JobsAsync() => _store.ListAsync(new JobQuery { Limit = 200 }, Stop);

    private static TimeSpan Span(string text) => text[0] == '-' ? -Span(text[1..]) : Durations.TryParse(text, out var span, out _) ? span : throw new ArgumentException(text);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
