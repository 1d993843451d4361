using System.Text.Json;

namespace Carillon.Store.Tests;

// An instant of a schedule becomes a job: once.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_firing_makes_the_job_and_moves_the_schedule_on()
    {
        var schedule = await PutAsync(Nightly());

        var result = await FireAsync(FiringOf(schedule));

        var moved = await LoadScheduleAsync(schedule.Name);
        Assert.Equal(new FireResult(IsApplied: true, 1, 0), result);
        Assert.Equal((Noon + Hour, Noon, 1L, 1L), (moved.NextAt!.Value, moved.LastAt!.Value, moved.FiredCount, moved.Version));
        var job = Assert.Single(await JobsOfAsync(schedule));
        Assert.Equal((JobState.Pending, Noon, schedule.ConcurrencyKey), (job.State, job.ScheduledAt, job.ConcurrencyKey));
    }

    [Fact]
    public async Task A_schedule_s_group_is_kept_and_its_job_belongs_to_it()
    {
        var schedule = await PutAsync(Nightly() with { Group = "acme" });
        var firing = FiringOf(schedule);

        await FireAsync(firing with { Jobs = [.. firing.Jobs.Select(job => job with { Group = schedule.Group })] });

        Assert.Equal(("acme", "acme"), ((await LoadScheduleAsync(schedule.Name)).Group, Assert.Single(await JobsOfAsync(schedule)).Group));
    }

    [Fact]
    public async Task An_instant_fires_once()
    {
        var schedule = await PutAsync(Nightly());
        await FireAsync(FiringOf(schedule));

        var again = await FireAsync(FiringOf(schedule));

        Assert.Equal(new FireResult(IsApplied: false, 0, 0), again);
        Assert.Single(await JobsOfAsync(schedule));
    }

    [Fact]
    public async Task Of_nodes_that_fire_at_once_one_does()
    {
        var schedule = await PutAsync(Nightly());
        var firings = Enumerable.Range(0, 16).Select(_ => FiringOf(schedule)).ToList();

        var results = await Task.WhenAll(firings.Select(firing => Task.Run(() => FireAsync(firing))));

        Assert.Single(results, result => result.IsApplied);
        Assert.Single(await JobsOfAsync(schedule));
    }

    [Fact]
    public async Task A_firing_by_an_old_version_writes_nothing()
    {
        var old = await PutAsync(Nightly());
        await Store.PutSchedulesAsync([old with { Handler = "other" }], null, Noon, Stop);

        Assert.False((await FireAsync(FiringOf(old))).IsApplied);
        Assert.Empty(await JobsOfAsync(old));
    }

    [Fact]
    public async Task A_firing_of_a_schedule_made_anew_under_the_name_writes_nothing()
    {
        var old = await PutAsync(Nightly());
        await Store.RemoveSchedulesAsync([old.Name], null, Noon, Stop);
        await PutAsync(Nightly());

        Assert.False((await FireAsync(FiringOf(old))).IsApplied);
    }

    [Fact]
    public async Task A_removed_or_paused_schedule_does_not_fire()
    {
        var removed = await PutAsync(Nightly("removed"));
        await Store.RemoveSchedulesAsync([removed.Name], null, Noon, Stop);
        var paused = await PutAsync(Nightly("paused") with { Mode = ScheduleMode.Paused });

        Assert.False((await FireAsync(FiringOf(removed))).IsApplied);
        Assert.False((await FireAsync(FiringOf(paused))).IsApplied);
    }

    [Fact]
    public async Task Firings_of_one_call_stand_each_for_itself_and_in_order()
    {
        var stale = await PutAsync(Nightly("stale"));
        await FireAsync(FiringOf(stale));
        var fresh = await PutAsync(Nightly("fresh"));

        var results = await Store.FireAsync([FiringOf(stale), FiringOf(fresh)], Noon, Stop);

        Assert.Equal([false, true], results.Select(result => result.IsApplied));
    }

    [Fact]
    public async Task A_firing_brings_its_facts_along()
    {
        var schedule = await PutAsync(Nightly());
        var fact = new JournalEntry { Subject = new Subject(SubjectKind.Schedule, schedule.Name), Kind = JournalKinds.Skipped, At = Noon, Data = """{"reason":"misfire"}""" };

        await FireAsync(FiringOf(schedule) with { Facts = [fact] });
        await FireAsync(FiringOf(schedule) with { Facts = [fact] });

        var entry = Assert.Single(await JournalOfScheduleAsync(schedule.Name));
        Assert.Equal("misfire", ReadString(entry, "reason"));
    }

    [Fact]
    public async Task A_firing_without_jobs_only_moves_the_schedule_on()
    {
        var schedule = await PutAsync(Nightly() with { Mode = ScheduleMode.Shadow });

        var result = await FireAsync(FiringOf(schedule) with { Jobs = [] });

        var moved = await LoadScheduleAsync(schedule.Name);
        Assert.Equal(new FireResult(IsApplied: true, 0, 0), result);
        Assert.Equal((Noon + Hour, 0L, null), (moved.NextAt, moved.FiredCount, moved.LastAt));
    }

    [Fact]
    public async Task A_schedule_without_a_further_instant_is_over()
    {
        var schedule = await PutAsync(Nightly());

        await FireAsync(FiringOf(schedule) with { NextAt = null });

        Assert.Null((await LoadScheduleAsync(schedule.Name)).NextAt);
        Assert.Empty((await Store.ListDueAsync(Noon + Day, 10, Stop)).Schedules);
    }

    [Fact]
    public async Task A_schedule_that_has_fired_often_enough_is_over()
    {
        var schedule = await PutAsync(Nightly() with { MaxCount = 2 });

        await FireAsync(FiringOf(schedule));
        Assert.Equal(Noon + Hour, (await LoadScheduleAsync(schedule.Name)).NextAt);
        await FireAsync(FiringOf(schedule) with { ExpectedNextAt = Noon + Hour, NextAt = Noon + (2 * Hour), Jobs = [JobOf(schedule, Noon + Hour)], Overlap = OverlapPolicy.Allow }, Noon + Hour);

        var over = await LoadScheduleAsync(schedule.Name);
        Assert.Equal((2L, null), (over.FiredCount, over.NextAt));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-60)]
    public async Task A_schedule_never_moves_back(int seconds)
    {
        var schedule = await PutAsync(Nightly());

        await Assert.ThrowsAsync<ArgumentException>(() => FireAsync(FiringOf(schedule) with { NextAt = Noon + TimeSpan.FromSeconds(seconds) }));

        Assert.Equal(Noon, (await LoadScheduleAsync(schedule.Name)).NextAt);
        Assert.Empty(await JobsOfAsync(schedule));
    }

    [Fact]
    public async Task A_put_by_someone_who_read_before_a_firing_does_not_fire_the_instant_again()
    {
        var read = await PutAsync(Nightly());
        await FireAsync(FiringOf(read));

        Assert.True(await Store.PutSchedulesAsync([read with { Description = "better" }], null, Noon, Stop));

        var written = await LoadScheduleAsync(read.Name);
        Assert.Equal(("better", 1L, Noon, Noon + Hour), (written.Description, written.FiredCount, written.LastAt!.Value, written.NextAt!.Value));
    }

    [Fact]
    public async Task A_put_may_bring_the_next_instant_forward_but_not_before_the_last_one()
    {
        var schedule = await PutAsync(Nightly());
        await FireAsync(FiringOf(schedule));
        var read = await LoadScheduleAsync(schedule.Name);

        await Store.PutSchedulesAsync([read with { NextAt = Noon + Minute }], null, Noon, Stop);

        Assert.Equal(Noon + Minute, (await LoadScheduleAsync(schedule.Name)).NextAt);
    }

    private NewJob JobOf(Schedule schedule, DateTimeOffset instant) =>
        Ask() with { Schedule = schedule.Name, ScheduledAt = instant, RunAt = instant, ConcurrencyKey = schedule.ConcurrencyKey };

    /// <summary>The schedule's instant at noon, the next an hour later.</summary>
    private Firing FiringOf(Schedule schedule) => new(schedule.Name, schedule.Id, schedule.Version, Noon, Noon + Hour)
    {
        Jobs = [JobOf(schedule, Noon)],
        Overlap = schedule.Overlap,
        ConcurrencyKey = schedule.Overlap == OverlapPolicy.Allow ? null : schedule.ConcurrencyKey,
    };

    private async Task<FireResult> FireAsync(Firing firing, DateTimeOffset? now = null) => Assert.Single(await Store.FireAsync([firing], now ?? Noon, Stop));

    private Task<IReadOnlyList<Job>> JobsOfAsync(Schedule schedule) =>
        Store.ListAsync(new JobQuery { Filter = new JobFilter { Schedule = schedule.Name } }, Stop);

    private static string? ReadString(JournalEntry entry, string name) => Read(entry, value => value.GetProperty(name).GetString());

    private static int ReadInt(JournalEntry entry, string name) => Read(entry, value => value.GetProperty(name).GetInt32());

    private static DateTimeOffset ReadInstant(JournalEntry entry, string name) => Read(entry, value => value.GetProperty(name).GetDateTimeOffset());

    private static T Read<T>(JournalEntry entry, Func<JsonElement, T> read)
    {
        using var data = JsonDocument.Parse(entry.Data);
        return read(data.RootElement);
    }
}
