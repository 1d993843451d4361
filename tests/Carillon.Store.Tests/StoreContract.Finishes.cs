using System.Text.Json;

namespace Carillon.Store.Tests;

// How an attempt ends, and who may say so.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_success_keeps_the_result_and_the_end()
    {
        var job = await RunAsync();

        var ended = await EndAsync(job, new Outcome.Succeeded("""{"sum":3}"""), Noon + Second);

        Assert.Equal((JobState.Succeeded, """{"sum":3}""", Noon + Second), (ended.State, ended.Result, ended.FinishedAt));
        Assert.True(ended.IsEnded);
    }

    [Fact]
    public async Task The_start_of_the_handler_replaces_the_instant_of_the_claim()
    {
        var job = await RunAsync();

        await Store.FinishAsync([new Finish(job, Done) { StartedAt = Noon.AddMilliseconds(7), EndedAt = Noon + Second, Progress = 55.5 }], Noon + Second, Stop);

        var ended = await LoadAsync(job.Id);
        Assert.Equal(Noon.AddMilliseconds(7), ended.StartedAt);
        Assert.Equal(55.5, ended.Progress);
    }

    [Fact]
    public async Task A_retry_waits_for_its_instant_and_keeps_the_error()
    {
        var job = await RunAsync();

        var waiting = await EndAsync(job, new Outcome.Retry(Noon + Minute, "it broke"), Noon + Second);

        Assert.Equal((JobState.Pending, 1, Noon + Minute, true, "it broke"), (waiting.State, waiting.Attempt, waiting.RunAt, waiting.IsDelayed, waiting.Error));
        Assert.Equal(job.ScheduledAt, waiting.ScheduledAt);
        Assert.Null(waiting.FinishedAt);
        Assert.Equal(2, (await ClaimOneAsync(await JoinAsync("a"), Noon + Minute)).Attempt);
    }

    [Fact]
    public async Task A_success_clears_the_error_of_the_attempt_before()
    {
        var first = await RunAsync();
        await FinishAsync(first, new Outcome.Retry(Noon, "it broke"));
        var second = await ClaimOneAsync(await JoinAsync("a"));

        var ended = await EndAsync(second, Done);

        Assert.Null(ended.Error);
    }

    [Fact]
    public async Task A_snooze_gives_its_attempt_back()
    {
        var job = await RunAsync();

        var waiting = await EndAsync(job, new Outcome.Snoozed(Noon + Hour));

        Assert.Equal((JobState.Pending, 0, Noon + Hour, true), (waiting.State, waiting.Attempt, waiting.RunAt, waiting.IsDelayed));
    }

    [Fact]
    public async Task A_release_is_due_at_once_wherever_the_clock_steps()
    {
        var job = await RunAsync();

        var waiting = await EndAsync(job, new Outcome.Snoozed(Noon + Second), Noon + Second);

        Assert.True(waiting.IsDelayed);
        Assert.Equal(job.Id, (await ClaimOneAsync(await JoinAsync("a"), Noon + Second)).Id);
    }

    [Fact]
    public async Task A_dead_job_says_why()
    {
        var job = await RunAsync();

        var ended = await EndAsync(job, new Outcome.Dead("error", "no such letter"));

        Assert.Equal((JobState.Dead, "error", "no such letter", Noon), (ended.State, ended.Reason, ended.Error, ended.FinishedAt));
    }

    [Fact]
    public async Task A_cancelled_attempt_ends_the_job_with_its_reason()
    {
        var job = await RunAsync();

        await FinishAsync(job, new Outcome.Cancelled("user"));

        await AssertStateAsync(job.Id, JobState.Cancelled, "user");
    }

    [Fact]
    public async Task An_attempt_ends_once()
    {
        var job = await RunAsync();

        Assert.True(await FinishAsync(job, Done));
        Assert.False(await FinishAsync(job, Failed));
        await AssertStateAsync(job.Id, JobState.Succeeded);
    }

    [Fact]
    public async Task The_same_attempt_twice_in_one_call_ends_once()
    {
        var job = await RunAsync();

        var answers = await Store.FinishAsync([EndOf(job, Done, Noon), EndOf(job, Failed, Noon)], Noon, Stop);

        Assert.Equal([true, false], answers);
        await AssertStateAsync(job.Id, JobState.Succeeded);
    }

    [Fact]
    public async Task A_stale_token_changes_nothing()
    {
        var first = await RunAsync();
        await FinishAsync(first, new Outcome.Snoozed(Noon));
        var second = await ClaimOneAsync(await JoinAsync("b"));

        var isAccepted = Assert.Single(await Store.FinishAsync(
            [EndOf(first, new Outcome.Dead("error", "late"), Noon) with { Facts = [Note(first.Id)] }], Noon, Stop));

        Assert.False(isAccepted);
        Assert.Equal(JobState.Running, (await LoadAsync(first.Id)).State);
        Assert.DoesNotContain(await JournalOfAsync(first.Id), entry => entry.Kind == JournalKinds.Log);
        Assert.True(await FinishAsync(second, Done));
    }

    [Fact]
    public async Task Another_node_cannot_finish_with_the_right_token()
    {
        var job = await RunAsync();

        Assert.False(await FinishAsync(job with { Node = "b" }, Done));
    }

    [Fact]
    public async Task A_lost_claim_beside_others_does_not_stop_them()
    {
        var lost = Ask();
        var kept = Ask();
        await Store.EnqueueAsync([lost, kept], null, Noon, Stop);
        var claimed = (await ClaimAsync(await JoinAsync("a"))).Jobs;
        await FinishAsync(claimed[0], Done);

        var answers = await Store.FinishAsync([EndOf(claimed[0], Failed, Noon), EndOf(claimed[1], Done, Noon)], Noon, Stop);

        Assert.Equal([false, true], answers);
        await AssertStateAsync(kept.Id, JobState.Succeeded);
    }

    [Fact]
    public async Task A_job_that_does_not_exist_cannot_be_finished()
    {
        var job = await RunAsync();

        Assert.False(await FinishAsync(job with { Id = _ids.Next() }, Done));
    }

    [Fact]
    public async Task Follow_ups_are_written_with_the_end()
    {
        var job = await RunAsync();
        var next = Ask("other") with { After = [new After(job.Id)] };

        await FinishAsync(job, new Outcome.Succeeded { Then = [next] });

        await AssertStateAsync(next.Id, JobState.Pending);
    }

    [Fact]
    public async Task A_follow_up_that_waits_for_the_unknown_is_kept_as_cancelled()
    {
        var job = await RunAsync();
        var next = Ask("other") with { After = [new After(_ids.Next())] };

        var isAccepted = await FinishAsync(job, new Outcome.Succeeded { Then = [next] });

        Assert.True(isAccepted);
        await AssertStateAsync(next.Id, JobState.Cancelled, "dependency");
    }

    [Fact]
    public async Task Follow_ups_of_a_stale_token_are_not_written()
    {
        var first = await RunAsync();
        await FinishAsync(first, new Outcome.Snoozed(Noon));
        await ClaimOneAsync(await JoinAsync("b"));
        var next = Ask("other");

        await FinishAsync(first, new Outcome.Succeeded { Then = [next] });

        Assert.Null(await Store.GetAsync(next.Id, Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attempt_that_was_asked_to_stop_is_not_begun_again(bool isSnoozed)
    {
        var job = await RunAsync();
        await ChangeAsync(job.Id, JobChange.Cancel);

        await FinishAsync(job, isSnoozed ? new Outcome.Snoozed(Noon) : new Outcome.Retry(Noon, "it broke"));

        await AssertStateAsync(job.Id, JobState.Cancelled, "user");
        Assert.Equal("cancelled", Assert.Single(await AttemptsOfAsync(job.Id)).State);
        Assert.Null((await LoadAsync(job.Id)).CancelReason);
    }

    [Fact]
    public async Task An_attempt_that_was_asked_to_stop_may_still_succeed()
    {
        var job = await RunAsync();
        await ChangeAsync(job.Id, JobChange.Cancel);

        await FinishAsync(job, Done);

        await AssertStateAsync(job.Id, JobState.Succeeded);
        Assert.Null((await LoadAsync(job.Id)).CancelReason);
    }

    [Fact]
    public async Task Each_end_without_success_leaves_a_fact()
    {
        var first = await RunAsync();
        await FinishAsync(first, new Outcome.Retry(Noon, "it broke"), Noon);
        var second = await ClaimOneAsync(await JoinAsync("a"), Noon);
        await FinishAsync(second, new Outcome.Snoozed(Noon), Noon);
        var third = await ClaimOneAsync(await JoinAsync("a"), Noon);
        await FinishAsync(third, Failed, Noon + Second);

        var facts = await AttemptsOfAsync(first.Id);

        Assert.Equal([("retry", 1), ("snoozed", 2), ("dead", 2)], facts.Select(fact => (fact.State, fact.Attempt)));
        Assert.Equal([first.Token, second.Token, third.Token], facts.Select(fact => fact.Token));
        Assert.Equal(new AttemptFact(2, third.Token, "a", Noon, Noon + Second, "dead", "attempts", "it broke", "work", null), facts[2]);
    }

    [Fact]
    public async Task A_success_leaves_no_fact_but_its_log()
    {
        var job = await RunAsync();

        await Store.FinishAsync([EndOf(job, Done, Noon) with { Facts = [Note(job.Id)] }], Noon, Stop);

        Assert.Equal(JournalKinds.Log, Assert.Single(await JournalOfAsync(job.Id)).Kind);
    }

    [Fact]
    public async Task Progress_is_taken_from_the_holder_of_the_claim_only()
    {
        var job = await RunAsync();

        Assert.True(await Store.ReportAsync(job.Id, job.Token, 40, Stop));
        Assert.False(await Store.ReportAsync(job.Id, job.Token - 1, 90, Stop));
        Assert.Equal(40, (await LoadAsync(job.Id)).Progress);

        await FinishAsync(job, Done);
        Assert.False(await Store.ReportAsync(job.Id, job.Token, 95, Stop));
        Assert.Equal(40, (await LoadAsync(job.Id)).Progress);
    }

    private static JournalEntry Note(Guid job) =>
        new() { Subject = Subject.Of(job), Kind = JournalKinds.Log, At = Noon, Data = """{"attempt":1,"lines":["hello"]}""" };

    private Task<IReadOnlyList<JournalEntry>> JournalOfAsync(Guid job) =>
        Store.ReadAsync(new JournalQuery { Subject = Subject.Of(job), Limit = 1000 }, Stop);

    private async Task<List<AttemptFact>> AttemptsOfAsync(Guid job) =>
    [
        .. (await JournalOfAsync(job)).Where(entry => entry.Kind == JournalKinds.Attempt)
            .Select(entry => JsonSerializer.Deserialize(entry.Data, StoreJson.Default.AttemptFact)!),
    ];

    private Task<IReadOnlyList<Guid>> ChangeAsync(Guid job, JobChange change, DateTimeOffset? now = null, Act? act = null) =>
        Store.ChangeAsync(new JobFilter { Ids = [job] }, change, 10, act, now ?? Noon, Stop);
}
