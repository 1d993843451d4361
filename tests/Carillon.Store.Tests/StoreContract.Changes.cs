using System.Text.Json;

namespace Carillon.Store.Tests;

// What a person does to jobs.
public abstract partial class StoreContract
{
    private static readonly Act ByAda = new("ada", "127.0.0.1", "job.cancel");

    [Theory]
    [InlineData(JobState.Pending)]
    [InlineData(JobState.Waiting)]
    public async Task A_job_that_has_not_begun_is_cancelled_at_once(JobState state)
    {
        var job = await MakeInStateAsync(state);

        var changed = await ChangeAsync(job.Id, JobChange.Cancel, Noon + Second);

        Assert.Equal([job.Id], changed);
        await AssertStateAsync(job.Id, JobState.Cancelled, "user");
        Assert.Equal(Noon + Second, (await LoadAsync(job.Id)).FinishedAt);
    }

    [Fact]
    public async Task A_running_job_is_asked_to_stop_and_asked_once()
    {
        var job = await RunAsync();

        Assert.Equal([job.Id], await ChangeAsync(job.Id, JobChange.Cancel));
        Assert.Empty(await ChangeAsync(job.Id, JobChange.Cancel));

        var asked = await LoadAsync(job.Id);
        Assert.Equal((JobState.Running, "user"), (asked.State, asked.CancelReason));
    }

    [Theory]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public async Task An_ended_job_cannot_be_cancelled(JobState state)
    {
        var job = await MakeInStateAsync(state);

        Assert.Empty(await ChangeAsync(job.Id, JobChange.Cancel, Noon + Hour));
        Assert.Equal((state, Noon), ((await LoadAsync(job.Id)).State, (await LoadAsync(job.Id)).FinishedAt!.Value));
    }

    [Theory]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public async Task A_failed_job_can_be_run_again_with_all_its_attempts(JobState state)
    {
        var job = await MakeInStateAsync(state);

        var changed = await ChangeAsync(job.Id, JobChange.Retry, Noon + Hour);

        var fresh = await LoadAsync(job.Id);
        Assert.Equal([job.Id], changed);
        Assert.Equal((JobState.Pending, null, null, Noon + Hour, true, 0, 0), (fresh.State, fresh.Reason, fresh.FinishedAt, fresh.RunAt, fresh.IsDelayed, fresh.Attempt, fresh.OwnerLosses));
        Assert.Equal(job.Error, fresh.Error);
        Assert.Equal(job.ScheduledAt, fresh.ScheduledAt);
        Assert.True((await ClaimOneAsync(await JoinAsync("b"), Noon + Hour)).Token > job.Token);
    }

    [Fact]
    public async Task A_job_between_two_attempts_can_be_run_now()
    {
        var job = await RunAsync();
        await FinishAsync(job, new Outcome.Retry(Noon + Hour, "it broke"));

        Assert.Equal([job.Id], await ChangeAsync(job.Id, JobChange.Retry, Noon + Second));

        var fresh = await LoadAsync(job.Id);
        Assert.Equal((Noon + Second, 0, "it broke", true), (fresh.RunAt, fresh.Attempt, fresh.Error, fresh.IsDelayed));
    }

    [Fact]
    public async Task A_job_of_the_future_can_be_run_now()
    {
        var job = await MakeAsync(Ask() with { RunAt = Noon + Day });

        Assert.Equal([job.Id], await ChangeAsync(job.Id, JobChange.Retry));
        Assert.Equal((Noon, Noon + Day), ((await LoadAsync(job.Id)).RunAt, (await LoadAsync(job.Id)).ScheduledAt));
    }

    [Theory]
    [InlineData(JobState.Pending)]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Running)]
    [InlineData(JobState.Succeeded)]
    public async Task There_is_nothing_to_retry_in_a_job_that_is_under_way_or_done(JobState state)
    {
        var job = await MakeInStateAsync(state);

        Assert.Empty(await ChangeAsync(job.Id, JobChange.Retry));
        Assert.Equal(state, (await LoadAsync(job.Id)).State);
    }

    [Fact]
    public async Task A_job_whose_key_another_has_taken_stays_ended()
    {
        var dead = await MakeInStateAsync(JobState.Dead, Ask() with { Key = "k" });
        await MakeAsync(Ask() with { Key = "k" });

        Assert.Empty(await ChangeAsync(dead.Id, JobChange.Retry));
        Assert.Equal(JobState.Dead, (await LoadAsync(dead.Id)).State);
    }

    [Fact]
    public async Task Of_two_ended_jobs_with_one_key_one_can_be_run_again()
    {
        var first = await MakeInStateAsync(JobState.Dead, Ask() with { Key = "k" });
        var second = await MakeInStateAsync(JobState.Dead, Ask() with { Key = "k" });

        var changed = await Store.ChangeAsync(new JobFilter { Ids = [first.Id, second.Id] }, JobChange.Retry, 10, null, Noon, Stop);

        Assert.Single(changed);
    }

    [Theory]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public async Task An_ended_job_is_deleted_with_its_journal(JobState state)
    {
        var job = await MakeInStateAsync(state);
        await Store.AppendAsync([Note(job.Id)], Stop);

        Assert.Equal([job.Id], await ChangeAsync(job.Id, JobChange.Delete));

        Assert.Null(await Store.GetAsync(job.Id, Stop));
        Assert.Empty(await JournalOfAsync(job.Id));
    }

    [Theory]
    [InlineData(JobState.Pending)]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Running)]
    public async Task A_live_job_is_not_deleted(JobState state)
    {
        var job = await MakeInStateAsync(state);

        Assert.Empty(await ChangeAsync(job.Id, JobChange.Delete));
        Assert.NotNull(await Store.GetAsync(job.Id, Stop));
    }

    [Fact]
    public async Task A_change_reaches_what_the_filter_names_and_stops_at_the_limit()
    {
        await Store.EnqueueAsync([.. Enumerable.Range(0, 5).Select(_ => Ask() with { Queue = "mail" }), Ask()], null, Noon, Stop);
        var filter = new JobFilter { Queue = "mail", States = [JobState.Pending] };

        var first = await Store.ChangeAsync(filter, JobChange.Cancel, 3, null, Noon, Stop);
        var second = await Store.ChangeAsync(filter, JobChange.Cancel, 3, null, Noon, Stop);
        var third = await Store.ChangeAsync(filter, JobChange.Cancel, 3, null, Noon, Stop);

        Assert.Equal((3, 2, 0), (first.Count, second.Count, third.Count));
        Assert.Single(await Store.ListAsync(new JobQuery { Filter = new JobFilter { States = [JobState.Pending] } }, Stop));
    }

    [Fact]
    public async Task What_does_not_allow_the_change_does_not_use_up_the_limit()
    {
        await MakeInStateAsync(JobState.Succeeded);
        await MakeInStateAsync(JobState.Succeeded);
        var open = await MakeAsync(Ask());

        Assert.Equal([open.Id], await Store.ChangeAsync(new JobFilter(), JobChange.Cancel, 1, null, Noon, Stop));
    }

    [Fact]
    public async Task A_change_of_nothing_is_no_fault() => Assert.Empty(await ChangeAsync(_ids.Next(), JobChange.Cancel, act: ByAda));

    [Fact]
    public async Task An_act_is_recorded_for_each_job_it_changed()
    {
        var pending = await MakeAsync(Ask("unclaimed"));
        var running = await RunAsync();
        var ended = await MakeInStateAsync(JobState.Succeeded, Ask("other"));

        await Store.ChangeAsync(new JobFilter(), JobChange.Cancel, 10, ByAda, Noon + Second, Stop);

        var entry = Assert.Single(await JournalOfAsync(pending.Id));
        Assert.Equal((JournalKinds.Act, "ada", "127.0.0.1", Noon + Second), (entry.Kind, entry.Who, entry.From, entry.At));
        Assert.Equal(("job.cancel", "Pending", "Cancelled"), ReadStates(entry));
        Assert.Equal(("job.cancel", "Running", "Running"), ReadStates(Assert.Single(await JournalOfAsync(running.Id))));
        Assert.Empty(await JournalOfAsync(ended.Id));
    }

    [Fact]
    public async Task An_act_outlives_the_job_it_deleted()
    {
        var job = await MakeInStateAsync(JobState.Dead);

        await ChangeAsync(job.Id, JobChange.Delete, act: ByAda with { What = "job.delete" });

        Assert.Equal(("job.delete", "Dead", null), ReadStates(Assert.Single(await JournalOfAsync(job.Id))));
    }

    private static (string? Act, string? Before, string? After) ReadStates(JournalEntry entry)
    {
        using var data = JsonDocument.Parse(entry.Data);
        return (data.RootElement.GetProperty("act").GetString(), StateIn(data, "before"), StateIn(data, "after"));
    }

    private static string? StateIn(JsonDocument data, string side) =>
        data.RootElement.TryGetProperty(side, out var value) && value.ValueKind == JsonValueKind.Object ? value.GetProperty("state").GetString() : null;
}
