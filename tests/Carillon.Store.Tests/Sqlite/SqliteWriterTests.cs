using Carillon.Sqlite;

namespace Carillon.Store.Tests.Sqlite;

/// <summary>Group commit, and what an idle or blocked store costs.</summary>
public sealed class SqliteWriterTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken Stop = CancellationToken.None;
    private static readonly Retention Kept = new(TimeSpan.FromDays(7), TimeSpan.FromDays(30), TimeSpan.FromDays(30));
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Callers_who_wait_at_the_same_time_share_a_commit()
    {
        await using var store = await _directory.OpenAsync();
        using var hold = await HoldWriterAsync(store);
        var before = store.StatementCount;

        var waiting = StoreDirectory.NewJobs(50).Select(job => store.EnqueueAsync([job], null, Noon, Stop)).ToList();
        hold.Release();
        await Task.WhenAll(waiting);

        Assert.Equal(50 + 2, store.StatementCount - before);
    }

    [Fact]
    public async Task One_that_fails_in_a_shared_commit_fails_alone()
    {
        await using var store = await _directory.OpenAsync();
        var jobs = StoreDirectory.NewJobs(3).ToList();
        using var hold = await HoldWriterAsync(store);

        var first = store.EnqueueAsync([jobs[0]], null, Noon, Stop);
        var guilty = store.FireAsync([new Firing("backwards", jobs[0].Id, 1, Noon, Noon - TimeSpan.FromHours(1))], Noon, Stop);
        var second = store.EnqueueAsync([jobs[1], jobs[2]], null, Noon, Stop);
        hold.Release();

        await Assert.ThrowsAsync<ArgumentException>(() => guilty);
        Assert.All([.. await first, .. await second], result => Assert.Equal(EnqueueStatus.Created, result.Status));
        Assert.Equal(3 + hold.Jobs, (await store.ListAsync(new JobQuery(), Stop)).Count);
    }

    [Fact]
    public async Task Claims_are_right_after_a_shared_commit_was_taken_back()
    {
        await using var store = await _directory.OpenAsync();
        var node = await JoinAsync(store);
        using var hold = await HoldWriterAsync(store);

        var enqueue = store.EnqueueAsync([.. StoreDirectory.NewJobs(4).Select(job => job with { ConcurrencyKey = "one" })], null, Noon, Stop);
        var claim = store.ClaimAsync(node, Noon, Stop);
        var guilty = store.FireAsync([new Firing("backwards", Guid.Empty, 1, Noon, Noon - TimeSpan.FromHours(1))], Noon, Stop);
        hold.Release();

        await Assert.ThrowsAsync<ArgumentException>(() => guilty);
        await enqueue;
        Assert.Equal(1 + hold.Jobs, (await claim).Jobs.Count);
        Assert.Empty((await store.ClaimAsync(node, Noon, Stop)).Jobs);
        Assert.Equal(1 + hold.Jobs, (await store.ListAsync(new JobQuery { Filter = new JobFilter { States = [JobState.Running] } }, Stop)).Count);
    }

    [Fact]
    public async Task One_who_gave_up_waiting_has_written_nothing()
    {
        await using var store = await _directory.OpenAsync();
        using var hold = await HoldWriterAsync(store);
        using var impatience = new CancellationTokenSource();

        var job = StoreDirectory.NewJobs(1).Single();
        var given = store.EnqueueAsync([job], null, Noon, impatience.Token);
        await impatience.CancelAsync();
        hold.Release();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Null(await store.GetAsync(job.Id, Stop));
    }

    [Fact]
    public async Task An_idle_store_runs_no_statement()
    {
        await using var store = await _directory.OpenAsync();
        var node = await JoinAsync(store);
        await store.EnqueueAsync([.. StoreDirectory.NewJobs(5).Select(job => job with { RunAt = Noon + TimeSpan.FromDays(1), ExpiresAt = Noon + TimeSpan.FromDays(2) })], null, Noon, Stop);
        await IdleAsync(store, node, Noon);
        var before = store.StatementCount;

        for (var minute = 1; minute <= 60; minute++)
        {
            await IdleAsync(store, node, Noon + TimeSpan.FromMinutes(minute));
        }

        Assert.Equal(before, store.StatementCount);
    }

    [Fact]
    public async Task Jobs_behind_a_busy_key_cost_a_claim_nothing_once_they_were_met()
    {
        await using var store = await _directory.OpenAsync();
        var node = await JoinAsync(store);
        await store.EnqueueAsync([.. StoreDirectory.NewJobs(3000).Select(job => job with { ConcurrencyKey = "one" })], null, Noon, Stop);
        var running = Assert.Single((await store.ClaimAsync(node, Noon, Stop)).Jobs);
        await store.ClaimAsync(node, Noon, Stop);
        var before = store.StatementCount;

        var batch = await store.ClaimAsync(node, Noon, Stop);

        Assert.Empty(batch.Jobs);
        Assert.Null(batch.NextDueAt);
        Assert.Equal(before, store.StatementCount);
        await store.FinishAsync([new Finish(running, new Outcome.Succeeded()) { StartedAt = Noon, EndedAt = Noon }], Noon, Stop);
        Assert.Single((await store.ClaimAsync(node, Noon, Stop)).Jobs);
    }

    private static async Task IdleAsync(SqliteStore store, ClaimRequest node, DateTimeOffset now)
    {
        await store.RenewAsync("node/a", node.NodeToken, TimeSpan.FromDays(1), now, Stop);
        await store.ClaimAsync(node, now, Stop);
        await store.ListDueAsync(now, 100, Stop);
        await store.ReclaimAsync(now, Stop);
        await store.PurgeAsync(Kept, 1000, now, Stop);
    }

    private static async Task<ClaimRequest> JoinAsync(SqliteStore store)
    {
        var lease = await store.AcquireAsync("node/a", "a", TimeSpan.FromDays(1), "{}", Noon, Stop);
        return new ClaimRequest { Node = "a", NodeToken = lease!.Token, Limit = 10, Handlers = new Dictionary<string, int?> { ["work"] = null } };
    }

    private static async Task<Hold> HoldWriterAsync(SqliteStore store)
    {
        var hold = new Hold();
        store.Signalled += hold.Wait;
        // Not its answer, which may come before the signal.
        _ = store.EnqueueAsync([.. StoreDirectory.NewJobs(1)], null, Noon, Stop);
        await hold.Begun.WaitAsync(TimeSpan.FromMinutes(1));
        store.Signalled -= hold.Wait;
        return hold;
    }

    /// <summary>Keeps the writer's thread in its signal, so that what is asked meanwhile meets in one transaction.</summary>
    private sealed class Hold : IDisposable
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _end = new();

        public Task Begun => _begun.Task;

        /// <summary>Jobs that the hold itself made.</summary>
        public int Jobs { get; } = 1;

        public void Wait(StoreSignal signal)
        {
            _begun.SetResult();
            _end.Wait();
        }

        public void Release() => _end.Set();

        public void Dispose()
        {
            _end.Set();
            _end.Dispose();
        }
    }
}
