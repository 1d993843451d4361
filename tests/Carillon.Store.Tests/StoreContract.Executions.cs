namespace Carillon.Store.Tests;

// One row an attempt, wherever it is recorded.
public abstract partial class StoreContract
{
    [Fact]
    public async Task Each_attempt_is_an_execution()
    {
        var first = await RunAsync(Ask() with { Schedule = "nightly" });
        await FinishAsync(first, new Outcome.Retry(Noon + Second, "it broke"), Noon + Second);
        var second = await ClaimOneAsync(await JoinAsync("b"), Noon + Second);
        await FinishAsync(second, Done, Noon + Minute);

        var executions = await Store.ListExecutionsAsync(new ExecutionQuery(), Stop);

        Execution[] expected =
        [
            new() { Job = first.Id, Token = second.Token, Handler = "work", Schedule = "nightly", Attempt = 2, Node = "b", State = "succeeded", StartedAt = Noon + Second, FinishedAt = Noon + Minute },
            new() { Job = first.Id, Token = first.Token, Handler = "work", Schedule = "nightly", Attempt = 1, Node = "a", State = "retry", StartedAt = Noon, FinishedAt = Noon + Second, Error = "it broke" },
        ];
        Assert.Equal(expected, executions);
    }

    [Fact]
    public async Task Running_ones_come_first()
    {
        await MakeInStateAsync(JobState.Succeeded);
        var running = await RunAsync();

        var executions = await Store.ListExecutionsAsync(new ExecutionQuery(), Stop);

        Assert.Equal(["running", "succeeded"], executions.Select(execution => execution.State));
        Assert.Equal((running.Id, running.Token, Noon, null), (executions[0].Job, executions[0].Token, executions[0].StartedAt!.Value, executions[0].FinishedAt));
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("snoozed")]
    [InlineData("dead")]
    [InlineData("cancelled")]
    [InlineData("owner lost")]
    [InlineData("succeeded")]
    [InlineData("running")]
    public async Task An_execution_says_how_it_ended(string state)
    {
        var job = await RunOnMortalAsync();
        Outcome? outcome = state switch
        {
            "retry" => new Outcome.Retry(Noon, "it broke"),
            "snoozed" => new Outcome.Snoozed(Noon),
            "dead" => Failed,
            "cancelled" => new Outcome.Cancelled("user"),
            "succeeded" => Done,
            _ => null,
        };
        if (outcome is not null)
        {
            await FinishAsync(job, outcome);
        }
        else if (state == "owner lost")
        {
            await Store.ReclaimAsync(LeaseEnd, Stop);
        }

        var execution = Assert.Single(await Store.ListExecutionsAsync(new ExecutionQuery { State = state }, Stop));
        Assert.Equal((job.Id, state, 1), (execution.Job, execution.State, execution.Attempt));
        Assert.Empty(await Store.ListExecutionsAsync(new ExecutionQuery { State = "other" }, Stop));
    }

    [Fact]
    public async Task A_job_that_never_began_has_no_execution()
    {
        var job = await MakeAsync(Ask());
        await ChangeAsync(job.Id, JobChange.Cancel);

        Assert.Empty(await Store.ListExecutionsAsync(new ExecutionQuery { Job = job.Id }, Stop));
    }

    [Fact]
    public async Task Executions_are_found_by_job_and_by_schedule()
    {
        var one = await EndAsync(await RunAsync(Ask() with { Schedule = "nightly" }), Failed);
        var two = await EndAsync(await RunAsync(), Done);
        var three = await RunAsync(Ask() with { Schedule = "nightly" });

        Assert.Equal([two.Id], (await Store.ListExecutionsAsync(new ExecutionQuery { Job = two.Id }, Stop)).Select(execution => execution.Job));
        Assert.Equal([three.Id, one.Id], (await Store.ListExecutionsAsync(new ExecutionQuery { Schedule = "nightly" }, Stop)).Select(execution => execution.Job));
    }

    [Fact]
    public async Task Executions_are_paged_without_gaps_or_doubles()
    {
        await MakeManyExecutionsAsync();
        var all = (await Store.ListExecutionsAsync(new ExecutionQuery { Limit = 200 }, Stop)).Select(execution => (execution.Job, execution.Token)).ToList();

        for (var limit = 1; limit <= 4; limit++)
        {
            Assert.Equal(all, await ReadAllExecutionsAsync(limit));
        }

        Assert.Equal(30, all.Distinct().Count());
    }

    [Fact]
    public async Task Executions_come_by_their_end_latest_first()
    {
        await MakeManyExecutionsAsync();

        var ends = (await Store.ListExecutionsAsync(new ExecutionQuery { Limit = 200 }, Stop)).Select(execution => execution.FinishedAt ?? DateTimeOffset.MaxValue).ToList();

        Assert.Equal(ends.OrderDescending(), ends);
    }

    /// <summary>30 executions: 10 running, 10 succeeded and 10 failed, many of which ended at one instant.</summary>
    private async Task MakeManyExecutionsAsync()
    {
        var node = await JoinAsync("a");
        await Store.EnqueueAsync([.. Enumerable.Range(0, 30).Select(_ => Ask())], null, Noon, Stop);
        var running = (await ClaimAsync(node, limit: 30)).Jobs;
        for (var i = 0; i < 20; i++)
        {
            // 7 has no factor in common with 20: each once, in an order that is not that of the ids.
            await FinishAsync(running[i * 7 % 20], i % 2 == 0 ? Done : Failed, Noon + ((i / 7) * Second));
        }
    }

    private async Task<List<(Guid, long)>> ReadAllExecutionsAsync(int limit)
    {
        var read = await ReadPagesAsync<Execution>(last =>
            Store.ListExecutionsAsync(new ExecutionQuery { Limit = limit, After = last is null ? null : (last.FinishedAt, last.Job, last.Token) }, Stop));
        return read.ConvertAll(execution => (execution.Job, execution.Token));
    }
}
