using Carillon.Store;

namespace Carillon.Sqlite;

// The facet of jobs, each call one operation of the writer or one reading.
internal sealed partial class SqliteStore
{
    public Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Enqueuing.EnqueueAll(transaction, jobs, act, now), cancellationToken);

    public Task<ClaimBatch> ClaimAsync(ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Claiming.Claim(transaction, request, now), cancellationToken);

    public Task<IReadOnlyList<bool>> FinishAsync(IReadOnlyList<Finish> finishes, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Finishing.FinishAll(transaction, finishes, now), cancellationToken);

    public Task<IReadOnlyList<Guid>> ReclaimAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Finishing.Reclaim(transaction, now), cancellationToken);

    public Task<IReadOnlyList<Guid>> ReturnAsync(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Finishing.Return(transaction, node, known, now), cancellationToken);

    public Task<IReadOnlyList<Guid>> ChangeAsync(JobFilter filter, JobChange change, int limit, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Changing.Change(transaction, filter, change, limit, act, now), cancellationToken);

    public Task<bool> ReportAsync(Guid job, long token, double progress, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Finishing.TryReport(transaction, job, token, progress), cancellationToken);

    public Task<Job?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        Readers.RunAsync(database => JobLists.Find(database, id), cancellationToken);

    public Task<IReadOnlyList<Job>> ListAsync(JobQuery query, CancellationToken cancellationToken) =>
        Readers.RunAsync(database => JobLists.List(database, query), cancellationToken);

    public Task<IReadOnlyList<Execution>> ListExecutionsAsync(ExecutionQuery query, CancellationToken cancellationToken) =>
        Readers.RunAsync(database => ExecutionLists.List(database, query), cancellationToken);

    public Task<Summary> SummarizeAsync(CancellationToken cancellationToken) =>
        Readers.RunAsync(JobLists.Summarize, cancellationToken);

    public Task<PurgeResult> PurgeAsync(Retention retention, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Purging.Purge(transaction, retention, limit, now), cancellationToken);
}
