using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Store.Memory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Scheduling;

public sealed class BackfillTests : IAsyncDisposable
{
    private static readonly Act Ada = new("ada", "cli", "schedule.backfill");
    private readonly MemoryStore _store = new();
    private readonly SetClock _clock = new(Sample.Noon);
    private readonly ScheduleStep _step;
    private readonly ScheduleClient _client;

    public BackfillTests()
    {
        var ids = new JobIds(_clock, new Chance(1));
        _step = new ScheduleStep(_store, _clock, new Chance(2), ids, NullLogger<ScheduleStep>.Instance);
        _client = new ScheduleClient(_store, _clock, ids, new ScheduleDefaults("UTC"));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Each_instant_of_the_range_gets_one_job_in_order()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);

        var result = await _client.BackfillAsync("letters", Last(3), Ada);

        Assert.Equal((3, 0), (result!.Made, result.Existing));
        var jobs = await JobsAsync();
        Assert.Equal([-3, -2, -1], jobs.Select(job => (job.ScheduledAt - Sample.Noon).TotalHours));
        Assert.All(jobs, job => Assert.Equal((-50, "letters.send", "letters", Sample.Noon), (job.Priority, job.Handler, job.Schedule, job.RunAt)));
        Assert.All(jobs, job => Assert.Equal(["backfill"], job.Tags));
        Assert.Single(jobs.Select(job => job.ConcurrencyKey).Distinct());
    }

    [Fact]
    public async Task Its_jobs_belong_to_the_schedule_s_group()
    {
        await _client.PutAsync(Sample.Request() with { Group = "acme" }, Sample.Ada);

        await _client.BackfillAsync("letters", Last(2), Ada);

        Assert.Equal(["acme", "acme"], (await JobsAsync()).Select(job => job.Group));
    }

    [Fact]
    public async Task Asked_again_it_makes_nothing_twice()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        await _client.BackfillAsync("letters", Last(3), Ada);

        var again = await _client.BackfillAsync("letters", Last(5), Ada);
        var both = await Task.WhenAll(_client.BackfillAsync("letters", Last(9), Ada), _client.BackfillAsync("letters", Last(9), Ada));

        Assert.Equal((2, 3), (again!.Made, again.Existing));
        Assert.Equal(4, both.Sum(result => result!.Made));
        Assert.Equal(9, (await JobsAsync()).Count);
    }

    [Fact]
    public async Task An_instant_that_fired_has_its_job()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        _clock.Now = Sample.Noon.AddHours(1);
        await _step.RunOnceAsync(CancellationToken.None);
        var fired = Assert.Single(await JobsAsync());
        _clock.Now = Sample.Noon.AddHours(1.5);

        var result = await _client.BackfillAsync("letters", new BackfillRequest { From = Sample.Noon, To = _clock.Now }, Ada);

        Assert.Equal([(Sample.Noon, true), (Sample.Noon.AddHours(1), false)], result!.Instants.Select(instant => (instant.At, instant.IsNew)));
        Assert.Equal(fired.Id, result.Instants[1].Job);
    }

    [Fact]
    public async Task An_instant_that_the_schedule_has_yet_to_handle_is_left_to_it()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        _clock.Now = Sample.Noon.AddHours(1.5);

        var result = await _client.BackfillAsync("letters", new BackfillRequest { From = Sample.Noon, To = _clock.Now }, Ada);
        await _step.RunOnceAsync(CancellationToken.None);

        Assert.Equal([Sample.Noon], result!.Instants.Select(instant => instant.At));
        Assert.Equal([0.0, 1.0], (await JobsAsync()).Select(job => (job.ScheduledAt - Sample.Noon).TotalHours));
    }

    [Fact]
    public async Task A_paused_schedule_is_backfilled_and_makes_nothing_twice_once_it_is_resumed()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        await _client.PauseAsync("letters", null, Sample.Ada);
        _clock.Now = Sample.Noon.AddHours(2.5);

        var result = await _client.BackfillAsync("letters", new BackfillRequest { From = Sample.Noon, To = _clock.Now }, Ada);
        await _client.ResumeAsync("letters", Sample.Ada);
        await _step.RunOnceAsync(CancellationToken.None);

        Assert.Equal(3, result!.Made);
        Assert.Equal(3, (await JobsAsync()).Count);
    }

    [Fact]
    public async Task A_dry_run_makes_nothing()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);

        var result = await _client.BackfillAsync("letters", Last(3) with { IsDryRun = true }, Ada);

        Assert.Equal(3, result!.Made);
        Assert.Empty(await JobsAsync());
    }

    [Fact]
    public async Task Jobs_are_spread_and_run_so_many_at_once()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);

        await _client.BackfillAsync("letters", Last(4) with { Spread = TimeSpan.FromHours(4), Concurrency = 2, Priority = 7 }, Ada);

        var jobs = await JobsAsync();
        Assert.Equal([0, 1, 2, 3], jobs.Select(job => (job.RunAt - Sample.Noon).TotalHours));
        Assert.Equal(2, jobs.Select(job => job.ConcurrencyKey).Distinct().Count());
        Assert.All(jobs, job => Assert.Equal(7, job.Priority));
    }

    [Fact]
    public async Task More_than_the_limit_is_refused_with_the_number()
    {
        await _client.PutAsync(Sample.Request("* * * * *"), Sample.Ada);

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.BackfillAsync("letters", Last(48), Ada));

        Assert.Contains("2880 instants", error.Message, StringComparison.Ordinal);
        Assert.Empty(await JobsAsync());
    }

    [Fact]
    public async Task Faults_are_listed()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        var request = new BackfillRequest { From = Sample.Noon.AddHours(3), To = Sample.Noon.AddHours(2), Max = 0, Concurrency = 0, Spread = -TimeSpan.FromHours(1), Priority = 101 };

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.BackfillAsync("letters", request, Ada));

        Assert.Equal(["from", "to", "max", "concurrency", "spread", "priority"], error.Faults.Select(fault => fault.Field));
    }

    [Fact]
    public async Task A_shadow_and_a_fixed_delay_are_refused_and_an_unknown_name_is_nothing()
    {
        await _client.PutAsync(Sample.Request() with { Mode = ScheduleMode.Shadow }, Sample.Ada);
        await _client.PutAsync(Sample.Request(name: "after") with { Kind = RecurrenceKind.Every, Expression = "1h after end" }, Sample.Ada);

        await Assert.ThrowsAsync<InvalidRequestException>(() => _client.BackfillAsync("letters", Last(3), Ada));
        await Assert.ThrowsAsync<InvalidRequestException>(() => _client.BackfillAsync("after", Last(3), Ada));
        Assert.Null(await _client.BackfillAsync("none", Last(3), Ada));
    }

    [Fact]
    public async Task Who_did_it_is_in_the_journal()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        await _client.BackfillAsync("letters", Last(3), Ada);

        var entry = (await _store.ReadAsync(new JournalQuery { Subject = new Subject(SubjectKind.Schedule, "letters") }, CancellationToken.None))[^1];

        Assert.Equal(("ada", "cli"), (entry.Who, entry.From));
        Assert.Contains("\"act\":\"schedule.backfill\"", entry.Data, StringComparison.Ordinal);
        Assert.Contains("\"count\":3", entry.Data, StringComparison.Ordinal);
    }

    private static BackfillRequest Last(int hours) => new() { From = Sample.Noon.AddHours(-hours), To = Sample.Noon };

    private async Task<IReadOnlyList<Job>> JobsAsync() =>
        [.. (await _store.ListAsync(new JobQuery { Limit = 200 }, CancellationToken.None)).OrderBy(job => job.ScheduledAt)];
}
