using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Scheduling;

public sealed class ScheduleStepTests : IAsyncDisposable
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly MemoryStore _store = new();
    private readonly SetClock _clock = new(Sample.Noon);
    private readonly ScheduleStep _step;
    private readonly ScheduleClient _client;

    public ScheduleStepTests()
    {
        var ids = new JobIds(_clock, new Chance(1));
        _step = new ScheduleStep(_store, _clock, new Chance(2), ids, NullLogger<ScheduleStep>.Instance);
        _client = new ScheduleClient(_store, _clock, ids, new ScheduleDefaults("UTC"));
    }

    [Fact]
    public async Task Without_schedules_there_is_nothing_to_wait_for() => Assert.Null(await _step.RunOnceAsync(Stop));

    [Fact]
    public async Task Before_the_instant_it_only_says_when()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);

        var next = await _step.RunOnceAsync(Stop);

        Assert.Equal("1h", Sample.Offset(next));
        Assert.Empty(await JobsAsync());
    }

    [Fact]
    public async Task On_the_instant_it_makes_one_job_and_says_the_next()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        await _client.PutAsync(Sample.Request("30 * * * *", "other"), Sample.Ada);
        _clock.Now = Sample.Noon.AddHours(1);

        var next = await _step.RunOnceAsync(Stop);
        await _step.RunOnceAsync(Stop);

        Assert.Equal("1h30m", Sample.Offset(next));
        var jobs = await JobsAsync();
        Assert.Equal(["30m", "1h"], jobs.Select(job => Sample.Offset(job.ScheduledAt)).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(1, (await _client.GetAsync("letters"))!.FiredCount);
    }

    [Fact]
    public async Task A_moment_before_the_instant_it_is_fired_as_if_it_had_come_where_the_store_can()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        var (spy, step) = Ahead(fires: true);
        var first = await step.RunOnceAsync(Stop);
        _clock.Now = Sample.Noon.AddHours(1) - spy.Ahead;

        var next = await step.RunOnceAsync(Stop);

        Assert.Equal(Sample.Noon.AddHours(1) - spy.Ahead, first);
        Assert.Equal(Sample.Noon.AddHours(2) - spy.Ahead, next);
        var job = Assert.Single(await JobsAsync());
        Assert.Equal((Sample.Noon.AddHours(1), Sample.Noon.AddHours(1)), (job.ScheduledAt, job.RunAt));
    }

    [Fact]
    public async Task What_is_not_fired_ahead_is_asked_for_once_and_fired_on_its_instant()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        var (spy, step) = Ahead(fires: false);
        _clock.Now = Sample.Noon.AddHours(1) - spy.Ahead;

        var next = await step.RunOnceAsync(Stop);
        var again = await step.RunOnceAsync(Stop);
        var before = await JobsAsync();
        _clock.Now = Sample.Noon.AddHours(1);
        var after = await step.RunOnceAsync(Stop);

        Assert.Equal((Sample.Noon.AddHours(1), Sample.Noon.AddHours(1)), (next, again));
        Assert.Equal((0, 1, 1), (before.Count, (await JobsAsync()).Count, spy.Count("FireAheadAsync")));
        Assert.Equal(Sample.Noon.AddHours(2) - spy.Ahead, after);
    }

    [Fact]
    public async Task Who_comes_second_pauses_and_takes_the_end_of_the_pause_for_no_instant()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        var (spy, step) = Ahead(fires: true);
        spy.Ahead = TimeSpan.FromMilliseconds(100);
        spy.Hold("FireAsync", () => _step.RunOnceAsync(Stop));
        _clock.Now = Sample.Noon.AddHours(1);

        var next = await step.RunOnceAsync(Stop);

        Assert.Equal(Sample.Noon.AddHours(1).AddMilliseconds(100), next);
        Assert.Single(await JobsAsync());
    }

    [Fact]
    public async Task Many_of_one_instant_go_together_when_it_has_come()
    {
        await _client.PutAllAsync([.. Enumerable.Range(0, 30).Select(i => Sample.Request(name: $"s{i}"))], Sample.Ada);
        var (spy, step) = Ahead(fires: true);
        _clock.Now = Sample.Noon.AddHours(1) - spy.Ahead;

        var next = await step.RunOnceAsync(Stop);

        Assert.Equal((Sample.Noon.AddHours(1), 0), (next, spy.Count("FireAheadAsync")));
    }

    [Fact]
    public async Task Ten_thousand_schedules_due_at_once_each_make_one_job()
    {
        await _client.PutAllAsync([.. Enumerable.Range(0, 10_000).Select(i => Sample.Request(name: $"s{i}") with { Overlap = OverlapPolicy.Allow })], Sample.Ada);
        _clock.Now = Sample.Noon.AddHours(1);

        var next = await _step.RunOnceAsync(Stop);

        Assert.Equal("2h", Sample.Offset(next));
        Assert.Equal(10_000, (await _store.SummarizeAsync(Stop)).Counts.Sum(count => count.Count));
    }

    [Fact]
    public async Task Two_nodes_make_one_job()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        _clock.Now = Sample.Noon.AddHours(1);
        var other = new ScheduleStep(_store, _clock, new Chance(5), new JobIds(_clock, new Chance(6)), NullLogger<ScheduleStep>.Instance);

        await Task.WhenAll(_step.RunOnceAsync(Stop), other.RunOnceAsync(Stop));

        Assert.Single(await JobsAsync());
    }

    [Fact]
    public async Task A_schedule_that_cannot_be_read_is_paused_with_the_reason_and_the_others_fire()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        var odd = Sample.Of(RecurrenceKind.Cron, "0 * * * *", Sample.Noon) with { Name = "odd", Zone = "Mars/Olympus", Version = 0 };
        await _store.PutSchedulesAsync([odd], null, Sample.Noon, Stop);
        _clock.Now = Sample.Noon.AddHours(1);

        var next = await _step.RunOnceAsync(Stop);

        var paused = (await _client.GetAsync("odd"))!;
        Assert.Equal("2h", Sample.Offset(next));
        Assert.Equal((ScheduleMode.Paused, "carillon"), (paused.Mode, paused.PausedBy));
        Assert.Contains("Mars/Olympus", paused.PauseReason, StringComparison.Ordinal);
        Assert.Equal("letters", Assert.Single(await JobsAsync()).Schedule);
    }

    [Fact]
    public async Task A_changed_schedule_is_read_anew()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        _clock.Now = Sample.Noon.AddHours(1);
        await _step.RunOnceAsync(Stop);
        await _client.PutAsync(Sample.Request("*/10 * * * *"), Sample.Ada);
        _clock.Now = Sample.Noon.AddMinutes(70);

        var next = await _step.RunOnceAsync(Stop);

        Assert.Equal("1h20m", Sample.Offset(next));
    }

    [Fact]
    public async Task What_overlap_skipped_is_recorded()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        foreach (var hour in new[] { 1, 2 })
        {
            _clock.Now = Sample.Noon.AddHours(hour);
            await _step.RunOnceAsync(Stop);
        }

        var facts = await _store.ReadAsync(new JournalQuery { Kinds = [JournalKinds.Skipped] }, Stop);

        Assert.Equal("overlap 2h..2h ×1", Sample.Facts(facts));
        Assert.Single(await JobsAsync());
    }

    private (StoreSpy Spy, ScheduleStep Step) Ahead(bool fires)
    {
        var spy = StoreSpy.Around(_store, out var store);
        (spy.Ahead, spy.FiresAhead) = (TimeSpan.FromMilliseconds(50), fires);
        return (spy, new ScheduleStep(store, _clock, new Chance(2), new JobIds(_clock, new Chance(1)), NullLogger<ScheduleStep>.Instance));
    }

    private Task<IReadOnlyList<Job>> JobsAsync() => _store.ListAsync(new JobQuery { Limit = 200 }, Stop);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
