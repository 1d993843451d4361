using Carillon.Store;

namespace Carillon.Tests.Simulation;

// The calls that are only made to fail.
internal sealed partial class FaultyStore
{
    public Task UpgradeSchemaAsync(CancellationToken cancellationToken) => inner.UpgradeSchemaAsync(cancellationToken);

    public Task<StoreTime?> GetTimeAsync(CancellationToken cancellationToken) => inner.GetTimeAsync(cancellationToken);

    public Task ShiftDelaysAsync(TimeSpan step, CancellationToken cancellationToken) =>
        CallAsync(async () =>
        {
            await inner.ShiftDelaysAsync(step, cancellationToken);
            return true;
        });

    public void Accept(IClaimOffer offer) => inner.Accept(offer);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    public Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.EnqueueAsync(jobs, act, now, cancellationToken));

    public Task<IReadOnlyList<Guid>> ReclaimAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.ReclaimAsync(now, cancellationToken));

    public Task<IReadOnlyList<Guid>> ReturnAsync(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.ReturnAsync(node, known, now, cancellationToken));

    public Task<IReadOnlyList<Guid>> ChangeAsync(JobFilter filter, JobChange change, int limit, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.ChangeAsync(filter, change, limit, act, now, cancellationToken));

    public Task<bool> ReportAsync(Guid job, long token, double progress, CancellationToken cancellationToken) =>
        CallAsync(() => inner.ReportAsync(job, token, progress, cancellationToken));

    public Task<Job?> GetAsync(Guid id, CancellationToken cancellationToken) => inner.GetAsync(id, cancellationToken);

    public Task<IReadOnlyList<Job>> ListAsync(JobQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public Task<IReadOnlyList<Execution>> ListExecutionsAsync(ExecutionQuery query, CancellationToken cancellationToken) => inner.ListExecutionsAsync(query, cancellationToken);

    public Task<Summary> SummarizeAsync(CancellationToken cancellationToken) => inner.SummarizeAsync(cancellationToken);

    public Task<PurgeResult> PurgeAsync(Retention retention, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.PurgeAsync(retention, limit, now, cancellationToken));

    public Task<bool> PutSchedulesAsync(IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.PutSchedulesAsync(schedules, act, now, cancellationToken));

    public Task<IReadOnlyList<string>> RemoveSchedulesAsync(IReadOnlyList<string> names, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.RemoveSchedulesAsync(names, act, now, cancellationToken));

    public Task<Schedule?> GetScheduleAsync(string name, CancellationToken cancellationToken) => inner.GetScheduleAsync(name, cancellationToken);

    public Task<IReadOnlyList<Schedule>> ListSchedulesAsync(ScheduleQuery query, CancellationToken cancellationToken) => inner.ListSchedulesAsync(query, cancellationToken);

    public Task<DueSchedules> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        CallAsync(() => inner.ListDueAsync(now, limit, cancellationToken));

    public Task AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) =>
        CallAsync(async () =>
        {
            await inner.AppendAsync(entries, cancellationToken);
            return true;
        });

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalQuery query, CancellationToken cancellationToken) => inner.ReadAsync(query, cancellationToken);

    public Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, string data, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.AcquireAsync(name, owner, duration, data, now, cancellationToken));

    public Task<Renewal> RenewAsync(string name, long token, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.RenewAsync(name, token, duration, now, cancellationToken));

    public Task ReleaseAsync(string name, long token, CancellationToken cancellationToken) =>
        CallAsync(async () =>
        {
            await inner.ReleaseAsync(name, token, cancellationToken);
            return true;
        });

    public Task<Lease?> LockAsync(LockRequest request, DateTimeOffset now, CancellationToken cancellationToken) => CallAsync(() => inner.LockAsync(request, now, cancellationToken));

    public Task<IReadOnlyList<Lease>> ListLeasesAsync(string prefix, DateTimeOffset now, CancellationToken cancellationToken) => inner.ListLeasesAsync(prefix, now, cancellationToken);

    public Task<bool> PutDefinitionAsync(string kind, string name, string body, long? expectedVersion, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.PutDefinitionAsync(kind, name, body, expectedVersion, act, now, cancellationToken));

    public Task<Definition?> GetDefinitionAsync(string kind, string name, CancellationToken cancellationToken) => inner.GetDefinitionAsync(kind, name, cancellationToken);

    public Task<IReadOnlyList<Definition>> ListDefinitionsAsync(string kind, CancellationToken cancellationToken) => inner.ListDefinitionsAsync(kind, cancellationToken);

    public Task<bool> RemoveDefinitionAsync(string kind, string name, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(() => inner.RemoveDefinitionAsync(kind, name, act, now, cancellationToken));
}
