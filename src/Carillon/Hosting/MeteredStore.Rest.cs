using System.Diagnostics;
using Carillon.Store;

namespace Carillon.Hosting;

// The calls that are only timed.
internal sealed partial class MeteredStore
{
    public Task UpgradeSchemaAsync(CancellationToken cancellationToken) =>
        TimeAsync("upgrade schema", Stopwatch.GetTimestamp(), inner.UpgradeSchemaAsync(cancellationToken));

    public Task<StoreTime?> GetTimeAsync(CancellationToken cancellationToken) =>
        TimeAsync("get time", Stopwatch.GetTimestamp(), inner.GetTimeAsync(cancellationToken));

    public Task ShiftDelaysAsync(TimeSpan step, CancellationToken cancellationToken) =>
        TimeAsync("shift delays", Stopwatch.GetTimestamp(), inner.ShiftDelaysAsync(step, cancellationToken));

    public Task<ClaimBatch> ClaimAsync(ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("claim", Stopwatch.GetTimestamp(), inner.ClaimAsync(request, now, cancellationToken));

    public Task<IReadOnlyList<bool>> FinishAsync(IReadOnlyList<Finish> finishes, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("finish", Stopwatch.GetTimestamp(), inner.FinishAsync(finishes, now, cancellationToken));

    public Task<IReadOnlyList<Guid>> ReclaimAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("reclaim", Stopwatch.GetTimestamp(), inner.ReclaimAsync(now, cancellationToken));

    public Task<IReadOnlyList<Guid>> ReturnAsync(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("return", Stopwatch.GetTimestamp(), inner.ReturnAsync(node, known, now, cancellationToken));

    public Task<IReadOnlyList<Guid>> ChangeAsync(JobFilter filter, JobChange change, int limit, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("change", Stopwatch.GetTimestamp(), inner.ChangeAsync(filter, change, limit, act, now, cancellationToken));

    public Task<bool> ReportAsync(Guid job, long token, double progress, CancellationToken cancellationToken) =>
        TimeAsync("report", Stopwatch.GetTimestamp(), inner.ReportAsync(job, token, progress, cancellationToken));

    public Task<Job?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        TimeAsync("get", Stopwatch.GetTimestamp(), inner.GetAsync(id, cancellationToken));

    public Task<IReadOnlyList<Job>> ListAsync(JobQuery query, CancellationToken cancellationToken) =>
        TimeAsync("list", Stopwatch.GetTimestamp(), inner.ListAsync(query, cancellationToken));

    public Task<IReadOnlyList<Execution>> ListExecutionsAsync(ExecutionQuery query, CancellationToken cancellationToken) =>
        TimeAsync("list executions", Stopwatch.GetTimestamp(), inner.ListExecutionsAsync(query, cancellationToken));

    public Task<Summary> SummarizeAsync(CancellationToken cancellationToken) =>
        TimeAsync("summarize", Stopwatch.GetTimestamp(), inner.SummarizeAsync(cancellationToken));

    public Task<PurgeResult> PurgeAsync(Retention retention, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("purge", Stopwatch.GetTimestamp(), inner.PurgeAsync(retention, limit, now, cancellationToken));

    public Task<bool> PutSchedulesAsync(IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("put schedules", Stopwatch.GetTimestamp(), inner.PutSchedulesAsync(schedules, act, now, cancellationToken));

    public Task<IReadOnlyList<string>> RemoveSchedulesAsync(IReadOnlyList<string> names, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("remove schedules", Stopwatch.GetTimestamp(), inner.RemoveSchedulesAsync(names, act, now, cancellationToken));

    public Task<Schedule?> GetScheduleAsync(string name, CancellationToken cancellationToken) =>
        TimeAsync("get schedule", Stopwatch.GetTimestamp(), inner.GetScheduleAsync(name, cancellationToken));

    public Task<IReadOnlyList<Schedule>> ListSchedulesAsync(ScheduleQuery query, CancellationToken cancellationToken) =>
        TimeAsync("list schedules", Stopwatch.GetTimestamp(), inner.ListSchedulesAsync(query, cancellationToken));

    public Task<DueSchedules> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        TimeAsync("list due", Stopwatch.GetTimestamp(), inner.ListDueAsync(now, limit, cancellationToken));

    public Task AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) =>
        TimeAsync("append", Stopwatch.GetTimestamp(), inner.AppendAsync(entries, cancellationToken));

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalQuery query, CancellationToken cancellationToken) =>
        TimeAsync("read", Stopwatch.GetTimestamp(), inner.ReadAsync(query, cancellationToken));

    public Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, string data, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("acquire", Stopwatch.GetTimestamp(), inner.AcquireAsync(name, owner, duration, data, now, cancellationToken));

    public Task<Renewal> RenewAsync(string name, long token, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("renew", Stopwatch.GetTimestamp(), inner.RenewAsync(name, token, duration, now, cancellationToken));

    public Task ReleaseAsync(string name, long token, CancellationToken cancellationToken) =>
        TimeAsync("release", Stopwatch.GetTimestamp(), inner.ReleaseAsync(name, token, cancellationToken));

    public Task<Lease?> LockAsync(LockRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("lock", Stopwatch.GetTimestamp(), inner.LockAsync(request, now, cancellationToken));

    public Task<IReadOnlyList<Lease>> ListLeasesAsync(string prefix, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("list leases", Stopwatch.GetTimestamp(), inner.ListLeasesAsync(prefix, now, cancellationToken));

    public Task<bool> PutDefinitionAsync(string kind, string name, string body, long? expectedVersion, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("put definition", Stopwatch.GetTimestamp(), inner.PutDefinitionAsync(kind, name, body, expectedVersion, act, now, cancellationToken));

    public Task<Definition?> GetDefinitionAsync(string kind, string name, CancellationToken cancellationToken) =>
        TimeAsync("get definition", Stopwatch.GetTimestamp(), inner.GetDefinitionAsync(kind, name, cancellationToken));

    public Task<IReadOnlyList<Definition>> ListDefinitionsAsync(string kind, CancellationToken cancellationToken) =>
        TimeAsync("list definitions", Stopwatch.GetTimestamp(), inner.ListDefinitionsAsync(kind, cancellationToken));

    public Task<bool> RemoveDefinitionAsync(string kind, string name, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TimeAsync("remove definition", Stopwatch.GetTimestamp(), inner.RemoveDefinitionAsync(kind, name, act, now, cancellationToken));
}
