using System.Diagnostics;
using Carillon.Store;

namespace Carillon.Postgres;

// The facet of jobs, each call one transaction.
internal sealed partial class PostgresStore
{
    public Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _ = Ready;
        return _enqueues.EnqueueAsync(new EnqueueRequest(jobs, act, now), cancellationToken);
    }

    public async Task<ClaimBatch> ClaimAsync(ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_rest.FindClaim(request, now) is { } rest)
        {
            return rest;
        }

        var news = _rest.News;
        var batch = await Claiming.ClaimAsync(Ready, request, now, cancellationToken);
        _rest.Keep(request, batch, news);
        _rehearsal?.See(batch);
        return batch;
    }

    public async Task<IReadOnlyList<bool>> FinishAsync(IReadOnlyList<Finish> finishes, DateTimeOffset now, CancellationToken cancellationToken) =>
        await FinishedJobs.TryFinishAloneAsync(Ready, finishes, now, cancellationToken)
        ?? await WriteAsync(transaction => Finishing.FinishAllAsync(transaction, finishes, now), cancellationToken);

    public async Task<IReadOnlyList<Guid>> ReclaimAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        _rest.IsNoneLost(now) ? [] : await WriteAsync(
            async transaction =>
            {
                var reclaimed = await Finishing.ReclaimAsync(transaction, now);
                await LeaseTable.SweepAsync(transaction, now);
                return reclaimed;
            },
            cancellationToken);

    public Task<IReadOnlyList<Guid>> ReturnAsync(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => Finishing.ReturnAsync(transaction, node, known, now), cancellationToken);

    public Task<IReadOnlyList<Guid>> ChangeAsync(JobFilter filter, JobChange change, int limit, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => Changing.ChangeAsync(transaction, new ChangeRequest(filter, change, limit, act), now), cancellationToken);

    public Task<bool> ReportAsync(Guid job, long token, double progress, CancellationToken cancellationToken) =>
        Ready.RunAloneAsync(transaction => JobTable.TrySaveProgressAsync(transaction, job, token, progress), cancellationToken);

    public Task<Job?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        ReadAsync(transaction => JobLists.FindAsync(transaction, id), cancellationToken);

    public Task<IReadOnlyList<Job>> ListAsync(JobQuery query, CancellationToken cancellationToken) =>
        ReadAsync(transaction => JobLists.ListAsync(transaction, query), cancellationToken);

    public async Task<IReadOnlyList<Execution>> ListExecutionsAsync(ExecutionQuery query, CancellationToken cancellationToken) =>
        await ReadAsync(transaction => ExecutionLists.ListAsync(transaction, query), cancellationToken);

    public async Task<Summary> SummarizeAsync(CancellationToken cancellationToken)
    {
        if (_summaries.Last is { } last)
        {
            return last;
        }

        var began = Stopwatch.GetTimestamp();
        return _summaries.Keep(await ReadAsync(JobLists.SummarizeAsync, cancellationToken), Stopwatch.GetElapsedTime(began));
    }

    public async Task<PurgeResult> PurgeAsync(Retention retention, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await _days.MakeAsync(now, cancellationToken);
        var result = await WriteAsync(transaction => Purging.PurgeAsync(transaction, new Purge(retention, _days.IsStuck), limit, now), cancellationToken);
        var dropped = await _days.DropAsync(retention, limit - result.Removed - result.Expired, now, cancellationToken);
        return result with { Removed = result.Removed + dropped };
    }
}
