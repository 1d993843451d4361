using System.Data.Common;

namespace Carillon.Store;

// The seam. Ours, not a public extension point: reshaped freely, held together by the contract suite that every store passes.
// Each method is one atomic transition, and takes the instant at which it happens, so that a simulator owns time.

/// <summary>A store: the facets together.</summary>
internal interface IStore : IJobStore, IScheduleStore, IJournalStore, ILeaseStore, IDefinitionStore, IAsyncDisposable
{
    /// <summary>What it is, for people: <c>memory</c>, <c>sqlite:./data/carillon.db</c>.</summary>
    string Description { get; }

    /// <summary>True when other nodes may use it too, so that a wake-up can be lost and claims of others can be left behind.</summary>
    bool IsShared => false;

    /// <summary>How many connections this process uses; null where the store has none.</summary>
    StoreConnections? Connections => null;

    /// <summary>Told after a commit, on the committing thread: handlers must be quick and must not call back.</summary>
    event Action<StoreSignal>? Signalled;

    /// <summary>Opens the store and brings its schema up to date; throws <see cref="StoreUnavailableException"/> with the fix.</summary>
    Task UpgradeSchemaAsync(CancellationToken cancellationToken);

    /// <summary>The store's own clock; null where the machine's clock is the clock.</summary>
    Task<StoreTime?> GetTimeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The machine's clock stepped by <paramref name="step"/>, and it is the store's clock: moves along what counts elapsed time
    /// (leases, pending jobs with <see cref="Job.IsDelayed"/>). Instants named by a calendar stay.
    /// </summary>
    Task ShiftDelaysAsync(TimeSpan step, CancellationToken cancellationToken);

    /// <summary>Lets the store claim for the node of this process with what it enqueues. Only an offer: most stores have no use for it.</summary>
    void Accept(IClaimOffer offer)
    {
    }

    /// <summary>
    /// Joins a transaction that its user began on the store's database. Throws <see cref="NotSupportedException"/> where the store cannot, and
    /// <see cref="ArgumentException"/> where the transaction is over or is none of this database.
    /// </summary>
    Task<IJoinedStore> JoinAsync(DbTransaction transaction, CancellationToken cancellationToken) => throw new NotSupportedException(
        $"The store {Description} cannot take part in a transaction of yours: it alone writes its data, and knows by heart what waits there. Enqueue after your commit, "
        + "with a Key, so that asking a second time is harmless; or keep the jobs in the PostgreSQL database that holds your data (UsePostgres), where they commit together.");
}

/// <summary>Jobs.</summary>
internal interface IJobStore
{
    /// <summary>
    /// Writes all or none, and with them who asked for it: <paramref name="act"/>, unless none of the jobs is new. The answers stand in the
    /// order of <paramref name="jobs"/>.
    /// </summary>
    Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the node up to <see cref="ClaimRequest.Limit"/> due jobs, best rank first (rank: <c>RunAt</c> less a minute for each point
    /// of priority, then id), obeying paused queues, queue limits, handler limits, concurrency keys and rate limits. Expired jobs are cancelled
    /// first, as <see cref="PurgeAsync"/> does it, and none is ever given.
    /// <para>Rate limits (<see cref="RateLimit"/>): each claimed job is a start at <paramref name="now"/>, of its queue and of its group; what becomes of
    /// it gives no start back (an owner loss, a job that was returned or snoozed). A limit that is changed begins anew, with nothing spent.</para>
    /// <para>Fair queues: where the best-ranked job that may be given belongs to one, it is that queue's turn, but the job given is the best-ranked of the
    /// group whose turn it is: the first group by name (ordinal, the jobs that name none first) behind the one that had the queue's last turn,
    /// beginning again at the first, among the groups that have a job which may be given now. So between two turns of a group every other
    /// one that has work gets one.</para>
    /// </summary>
    Task<ClaimBatch> ClaimAsync(ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends attempts, in one transaction. False at a place: that claim was lost and nothing of it was written.</summary>
    Task<IReadOnlyList<bool>> FinishAsync(IReadOnlyList<Finish> finishes, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes back the claims of nodes whose lease is gone: pending at once, or dead (<c>poison</c>) at the third loss in a row. Says which jobs.</summary>
    Task<IReadOnlyList<Guid>> ReclaimAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives back the node's running jobs whose claims are not among <paramref name="known"/>: pending at once, with their attempt, and no owner loss. Says which.</summary>
    Task<IReadOnlyList<Guid>> ReturnAsync(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Applies the change to at most <paramref name="limit"/> matching jobs that allow it, and says which.</summary>
    Task<IReadOnlyList<Guid>> ChangeAsync(JobFilter filter, JobChange change, int limit, Act? act, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>A running attempt's progress; false when the claim was lost.</summary>
    Task<bool> ReportAsync(Guid job, long token, double progress, CancellationToken cancellationToken);

    /// <summary>One job, live or ended.</summary>
    Task<Job?> GetAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Newest first, live and ended.</summary>
    Task<IReadOnlyList<Job>> ListAsync(JobQuery query, CancellationToken cancellationToken);

    /// <summary>Attempts: running, succeeded, and the failed ones of the journal.</summary>
    Task<IReadOnlyList<Execution>> ListExecutionsAsync(ExecutionQuery query, CancellationToken cancellationToken);

    /// <summary>How many live jobs there are.</summary>
    Task<Summary> SummarizeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Cancels the jobs that have not begun by their <see cref="Job.ExpiresAt"/> (<c>expired</c>), whatever they wait for: their instant, a paused or
    /// full queue, a busy key, a node with the handler, other jobs. Its caller comes back when the next one expires, and is told by
    /// <see cref="StoreSignal.Expiries"/> of each that comes to wait. Then removes ended jobs and journal entries past their retention; at most
    /// <paramref name="limit"/> rows. A store may keep what ended on one day (UTC) until the whole day is past it. Says how many, and when the next job expires.
    /// </summary>
    Task<PurgeResult> PurgeAsync(Retention retention, int limit, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>Schedules.</summary>
internal interface IScheduleStore
{
    /// <summary>Writes the schedules, all or none, each only if its version in the store is the one given (0: it must not exist); false otherwise. The written version is one higher.</summary>
    Task<bool> PutSchedulesAsync(IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes them; its pending jobs stay. Says which existed.</summary>
    Task<IReadOnlyList<string>> RemoveSchedulesAsync(IReadOnlyList<string> names, Act? act, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>One schedule by name.</summary>
    Task<Schedule?> GetScheduleAsync(string name, CancellationToken cancellationToken);

    /// <summary>By name, in ordinal order.</summary>
    Task<IReadOnlyList<Schedule>> ListSchedulesAsync(ScheduleQuery query, CancellationToken cancellationToken);

    /// <summary>Schedules whose <see cref="Schedule.NextAt"/> has come and that are not paused.</summary>
    Task<DueSchedules> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Moves schedules on and makes their jobs, each by compare-and-set on its next instant and version: one job per (schedule, instant).</summary>
    Task<IReadOnlyList<FireResult>> FireAsync(IReadOnlyList<Firing> firings, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>So long before an instant <see cref="FireAheadAsync"/> may be asked; zero where it does nothing.</summary>
    TimeSpan Ahead => TimeSpan.Zero;

    /// <summary>
    /// The same as <see cref="FireAsync"/> at the instant <paramref name="at"/>, a moment before it comes, for firings that can be decided by then and whose jobs the
    /// node of this process can claim with them (<see cref="IStore.Accept"/>): it begins them at their instant, not before. The others are left as they were.
    /// </summary>
    Task<IReadOnlyList<FireResult>> FireAheadAsync(IReadOnlyList<Firing> firings, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<FireResult>>(Array.ConvertAll(firings.ToArray(), static _ => new FireResult(IsApplied: false, 0, 0)));
}

/// <summary>The journal.</summary>
internal interface IJournalStore
{
    /// <summary>Appends entries that belong to no other transition (log lines of a running attempt, a node's life).</summary>
    Task AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken);

    /// <summary>Reads a part of it.</summary>
    Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalQuery query, CancellationToken cancellationToken);
}

/// <summary>Leases.</summary>
internal interface ILeaseStore
{
    /// <summary>Takes the lease if it is free, expired or the owner's own; null when another holds it. The token grows each time: claims under the old one are void.</summary>
    Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, string data, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Prolongs a lease that is still held under this token, and brings back what its owner was asked to stop, and what is wanted of the node.</summary>
    Task<Renewal> RenewAsync(string name, long token, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives it up; a lease held under another token stays.</summary>
    Task ReleaseAsync(string name, long token, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a lock: a lease that rests on its node's, needs no renewal, and is free at once when that one ends. Null when another holds it, or when
    /// the node's own lease is gone. The token grows with each grant of the name. Given up by <see cref="ReleaseAsync"/>.
    /// </summary>
    Task<Lease?> LockAsync(LockRequest request, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The leases whose names begin so and that have not run out; a lock's <c>Until</c> is its node's.</summary>
    Task<IReadOnlyList<Lease>> ListLeasesAsync(string prefix, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>Definitions.</summary>
internal interface IDefinitionStore
{
    /// <summary>Writes it if the stored version is <paramref name="expectedVersion"/> (0: must not exist, null: whatever it is); false otherwise.</summary>
    Task<bool> PutDefinitionAsync(string kind, string name, string body, long? expectedVersion, Act? act, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>One definition.</summary>
    Task<Definition?> GetDefinitionAsync(string kind, string name, CancellationToken cancellationToken);

    /// <summary>All of a kind, by name.</summary>
    Task<IReadOnlyList<Definition>> ListDefinitionsAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Removes it; false when there was none.</summary>
    Task<bool> RemoveDefinitionAsync(string kind, string name, Act? act, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>How long ended things are kept.</summary>
/// <param name="Finished">Succeeded and cancelled jobs with their journal, where <see cref="Job.KeepFor"/> does not say otherwise.</param>
/// <param name="Dead">Dead jobs with their journal, where <see cref="Job.KeepFor"/> is not longer.</param>
/// <param name="Journal">Entries of other subjects (acts, skipped instants).</param>
internal sealed record Retention(TimeSpan Finished, TimeSpan Dead, TimeSpan Journal);

/// <summary>What a purge did.</summary>
/// <param name="Removed">Rows removed.</param>
/// <param name="Expired">Jobs cancelled because they had not begun in time.</param>
/// <param name="NextExpiryAt">When the next pending job expires; null for none.</param>
internal readonly record struct PurgeResult(int Removed, int Expired, DateTimeOffset? NextExpiryAt);
