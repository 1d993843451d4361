namespace Carillon.Store.Tests;

// A node is lost while it runs something.
public abstract partial class StoreContract
{
    private static readonly TimeSpan NodeLeaseDuration = TimeSpan.FromSeconds(15);
    private static readonly DateTimeOffset LeaseEnd = Noon + NodeLeaseDuration;

    [Fact]
    public async Task A_living_node_keeps_its_jobs()
    {
        var job = await RunOnMortalAsync();

        Assert.Empty(await Store.ReclaimAsync(LeaseEnd - Second, Stop));
        Assert.Equal(JobState.Running, (await LoadAsync(job.Id)).State);
    }

    [Fact]
    public async Task A_renewed_node_keeps_its_jobs()
    {
        var job = await RunOnMortalAsync();
        var renewal = await Store.RenewAsync("node/a", 1, NodeLeaseDuration, LeaseEnd - Second, Stop);

        Assert.True(renewal.IsHeld);
        Assert.Empty(await Store.ReclaimAsync(LeaseEnd, Stop));
        Assert.True(await FinishAsync(job, Done));
    }

    [Fact]
    public async Task The_jobs_of_a_lost_node_are_due_at_once_and_burn_no_attempt()
    {
        var job = await RunOnMortalAsync();

        var reclaimed = await Store.ReclaimAsync(LeaseEnd, Stop);

        var waiting = await LoadAsync(job.Id);
        Assert.Equal([job.Id], reclaimed);
        Assert.Equal((JobState.Pending, 0, 1, job.RunAt), (waiting.State, waiting.Attempt, waiting.OwnerLosses, waiting.RunAt));
        Assert.Equal(1, (await ClaimOneAsync(await JoinAsync("b", LeaseEnd), LeaseEnd)).Attempt);
    }

    [Fact]
    public async Task A_loss_is_recorded_with_the_node()
    {
        var job = await RunOnMortalAsync(Ask() with { Schedule = "nightly" });

        await Store.ReclaimAsync(LeaseEnd, Stop);

        var fact = Assert.Single(await AttemptsOfAsync(job.Id));
        Assert.Equal(("owner lost", 1, job.Token, "a", "nightly"), (fact.State, fact.Attempt, fact.Token, fact.Node, fact.Schedule));
        Assert.Equal((Noon, LeaseEnd), (fact.StartedAt, fact.EndedAt));
        Assert.Contains("a", fact.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_claim_that_outlived_its_lease_cannot_finish_the_job()
    {
        var slow = await RunOnMortalAsync();
        await Store.ReclaimAsync(LeaseEnd, Stop);

        Assert.False(await FinishAsync(slow, Done, LeaseEnd));
        var next = await ClaimOneAsync(await JoinAsync("b", LeaseEnd), LeaseEnd);
        Assert.False(await FinishAsync(slow, Done, LeaseEnd));
        Assert.False(await Store.ReportAsync(slow.Id, slow.Token, 99, Stop));
        Assert.True(await FinishAsync(next, Done, LeaseEnd));
    }

    [Fact]
    public async Task Until_it_is_taken_back_a_late_end_is_accepted()
    {
        var slow = await RunOnMortalAsync();

        Assert.True(await FinishAsync(slow, Done, LeaseEnd + Hour));
        Assert.Empty(await Store.ReclaimAsync(LeaseEnd + Hour, Stop));
    }

    [Fact]
    public async Task A_claim_under_an_earlier_lease_of_the_same_node_is_taken_back()
    {
        var old = await RunOnMortalAsync();
        var reborn = await JoinAsync("a", LeaseEnd);
        await MakeAsync(Ask("other"), LeaseEnd);
        var own = (await ClaimAsync(reborn, LeaseEnd)).Jobs.Single(job => job.Handler == "other");

        var reclaimed = await Store.ReclaimAsync(LeaseEnd, Stop);

        Assert.Equal([old.Id], reclaimed);
        Assert.Equal(JobState.Running, (await LoadAsync(own.Id)).State);
    }

    [Fact]
    public async Task The_jobs_of_a_node_that_gave_its_lease_up_are_taken_back()
    {
        var job = await RunOnMortalAsync();
        await Store.ReleaseAsync("node/a", 1, Stop);

        Assert.Equal([job.Id], await Store.ReclaimAsync(Noon, Stop));
    }

    [Fact]
    public async Task Taking_back_twice_counts_one_loss()
    {
        var job = await RunOnMortalAsync();

        await Store.ReclaimAsync(LeaseEnd, Stop);

        Assert.Empty(await Store.ReclaimAsync(LeaseEnd, Stop));
        Assert.Equal(1, (await LoadAsync(job.Id)).OwnerLosses);
    }

    [Fact]
    public async Task A_lost_job_that_was_asked_to_stop_is_cancelled()
    {
        var job = await RunOnMortalAsync();
        await ChangeAsync(job.Id, JobChange.Cancel);

        Assert.Equal([job.Id], await Store.ReclaimAsync(LeaseEnd, Stop));

        await AssertStateAsync(job.Id, JobState.Cancelled, "user");
        Assert.Null((await LoadAsync(job.Id)).CancelReason);
    }

    [Fact]
    public async Task A_lost_job_is_due_at_once_also_after_the_clock_stepped_back()
    {
        var job = await RunOnMortalAsync();
        await Store.ReleaseAsync("node/a", 1, Stop);

        await Store.ReclaimAsync(Noon - Hour, Stop);

        Assert.Equal(job.Id, (await ClaimOneAsync(await JoinAsync("b"), Noon - Hour)).Id);
    }

    [Fact]
    public async Task Whoever_takes_back_at_once_counts_one_loss()
    {
        var job = await RunOnMortalAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.ReclaimAsync(LeaseEnd, Stop))));

        Assert.Single(answers.SelectMany(ids => ids));
        Assert.Equal(1, (await LoadAsync(job.Id)).OwnerLosses);
    }

    /// <summary>A job that runs on node a, whose lease ends at <see cref="LeaseEnd"/>.</summary>
    private async Task<Job> RunOnMortalAsync(NewJob? job = null)
    {
        await MakeAsync(job ?? Ask());
        return await ClaimOneAsync(await JoinAsync("a", Noon, NodeLeaseDuration));
    }

    [Fact]
    public async Task Jobs_that_a_node_does_not_know_of_are_given_back_without_a_loss()
    {
        var node = await JoinAsync("a");
        await MakeAsync(Ask());
        await MakeAsync(Ask());
        var claimed = (await ClaimAsync(node)).Jobs;

        var returned = await Store.ReturnAsync("a", new HashSet<(Guid, long)> { (claimed[0].Id, claimed[0].Token), (claimed[1].Id, claimed[1].Token - 1) }, Noon, Stop);

        var given = await LoadAsync(claimed[1].Id);
        Assert.Equal([claimed[1].Id], returned);
        Assert.Equal((JobState.Pending, 0, 0), (given.State, given.Attempt, given.OwnerLosses));
        Assert.False(await FinishAsync(claimed[1], Done));
        Assert.True(await FinishAsync(claimed[0], Done));
    }

    [Fact]
    public async Task A_job_that_can_expire_is_told_of()
    {
        var told = StoreSignal.None;
        Store.Signalled += signal => told |= signal;

        await MakeAsync(Ask() with { ExpiresAt = Noon + Hour });

        Assert.True(told.HasFlag(StoreSignal.Expiries));
    }
}
