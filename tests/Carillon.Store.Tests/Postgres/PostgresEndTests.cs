using Dapper;

namespace Carillon.Store.Tests.Postgres;

/// <summary>Jobs that end in transactions of the user's own.</summary>
public sealed class PostgresEndTests : PostgresTransactions
{
    [Fact]
    public async Task An_end_counts_with_the_commit_and_so_do_follow_ups_dependents_and_keys()
    {
        var (first, waiting, next, then) = (New() with { ConcurrencyKey = "one" }, New(), New() with { ConcurrencyKey = "one" }, New());
        await Store.EnqueueAsync([first, next, waiting with { After = [new After(first.Id)] }], null, Now, Stop);
        var claimed = Assert.Single(await ClaimAsync());
        await using var transaction = await Connection.BeginTransactionAsync();
        Assert.True(await FinishInAsync(transaction, claimed, new Outcome.Succeeded("42") { Then = [then] }));
        var before = (await Store.GetAsync(first.Id, Stop), await ClaimAsync());

        await transaction.CommitAsync();

        Assert.Equal((JobState.Running, 0), (before.Item1!.State, before.Item2.Count));
        Assert.Equal((JobState.Succeeded, "42"), ((await Store.GetAsync(first.Id, Stop))!.State, (await Store.GetAsync(first.Id, Stop))!.Result));
        Assert.Equal(new[] { waiting.Id, next.Id, then.Id }.Order(), (await ClaimAsync()).Select(job => job.Id).Order());
    }

    [Fact]
    public async Task An_end_that_is_rolled_back_leaves_the_job_running()
    {
        await Store.EnqueueAsync([New()], null, Now, Stop);
        var claimed = Assert.Single(await ClaimAsync());
        await using (var transaction = await Connection.BeginTransactionAsync())
        {
            await FinishInAsync(transaction, claimed, new Outcome.Succeeded());
        }

        Assert.Equal(JobState.Running, (await Store.GetAsync(claimed.Id, Stop))!.State);
        await FinishAsync(claimed);
    }

    [Fact]
    public async Task Those_that_were_claimed_with_it_do_not_wait_for_its_commit_and_are_counted_right()
    {
        await Store.EnqueueAsync([New(), New(), New()], null, Now, Stop);
        var claimed = await ClaimAsync();
        await using var transaction = await Connection.BeginTransactionAsync();
        await FinishInAsync(transaction, claimed[0], new Outcome.Succeeded());

        await FinishAsync(claimed[1]).WaitAsync(TimeSpan.FromSeconds(30));
        await transaction.CommitAsync();

        var counted = (await Store.SummarizeAsync(Stop)).Counts;
        Assert.Equal(3, claimed.Count);
        Assert.Equal([claimed[2].Id], (await Store.ListAsync(new JobQuery { Filter = new JobFilter { States = [JobState.Running] } }, Stop)).Select(job => job.Id));
        Assert.Equal(1, Assert.Single(counted).Count);
        await FinishAsync(claimed[2]);
        Assert.Equal(0, await Connection.ExecuteScalarAsync<int>($"select count(*) from {Schema.Name}.claim_batch"));
    }

    [Fact]
    public async Task A_lost_claim_ends_nothing()
    {
        await Store.EnqueueAsync([New()], null, Now, Stop);
        var claimed = Assert.Single(await ClaimAsync());
        await Store.ReleaseAsync("node/a", Node, Stop);
        await Other.ReclaimAsync(Now, Stop);

        await using var transaction = await Connection.BeginTransactionAsync();

        Assert.False(await FinishInAsync(transaction, claimed, new Outcome.Succeeded()));
    }

    [Fact]
    public async Task Other_ends_of_the_same_claim_do_not_wait_for_an_open_transaction()
    {
        await Store.EnqueueAsync([New(), New()], null, Now, Stop);
        var claimed = await ClaimAsync();
        await using var transaction = await Connection.BeginTransactionAsync();
        await FinishInAsync(transaction, claimed[0], new Outcome.Succeeded());

        await FinishAsync(claimed[1]).WaitAsync(TimeSpan.FromSeconds(30));

        await transaction.CommitAsync();
        Assert.Equal(JobState.Succeeded, (await Store.GetAsync(claimed[0].Id, Stop))!.State);
        Assert.Empty((await Store.SummarizeAsync(Stop)).Counts);
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_given_back_though_somebody_has_its_row_for_a_moment()
    {
        await Store.EnqueueAsync([New()], null, Now, Stop);
        var claimed = Assert.Single(await ClaimAsync());
        await using var transaction = await Connection.BeginTransactionAsync();
        await Connection.ExecuteAsync($"select 1 from {Schema.Name}.job where id = @id for share", new { id = claimed.Id });

        var returning = Store.ReturnAsync("a", new HashSet<(Guid, long)>(), Now, Stop);
        await UntilWaitsAsync(1);
        await transaction.CommitAsync();

        Assert.Equal([claimed.Id], await returning);
    }

    [Fact]
    public async Task Neither_the_heartbeat_nor_the_search_for_lost_claims_waits_for_an_open_transaction()
    {
        await Store.EnqueueAsync([New(), New()], null, Now, Stop);
        var claimed = await ClaimAsync();
        await using var transaction = await Connection.BeginTransactionAsync();
        await FinishInAsync(transaction, claimed[0], new Outcome.Succeeded());
        await Store.ReportAsync(claimed[0].Id, claimed[0].Token, 50, Stop).WaitAsync(TimeSpan.FromSeconds(30));
        await Store.ReleaseAsync("node/a", Node, Stop);

        var lost = await Other.ReclaimAsync(Now, Stop).WaitAsync(TimeSpan.FromSeconds(30));
        await transaction.CommitAsync();

        Assert.Equal([claimed[1].Id], lost);
        Assert.Equal(JobState.Succeeded, (await Store.GetAsync(claimed[0].Id, Stop))!.State);
        Assert.Empty(await Other.ReclaimAsync(Now, Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_before_the_commit_runs_the_job_again_and_one_after_it_never(bool isCommitted)
    {
        await Store.EnqueueAsync([New()], null, Now, Stop);
        var claimed = Assert.Single(await ClaimAsync());
        await using (var transaction = await Connection.BeginTransactionAsync())
        {
            await RunAsync($"create table {Schema.Name}.effect as select 1 as happened");
            await FinishInAsync(transaction, claimed, new Outcome.Succeeded());
            await (isCommitted ? transaction.CommitAsync() : Task.CompletedTask);
            await CutAsync();
        }

        var lost = await Other.ReclaimAsync(Now + TimeSpan.FromHours(2), Stop);

        Assert.Equal(isCommitted ? [] : [claimed.Id], lost);
        Assert.Equal(isCommitted ? JobState.Succeeded : JobState.Pending, (await Other.GetAsync(claimed.Id, Stop))!.State);
        Assert.Equal(isCommitted, await ExistsAsync("effect"));
    }
}
