using System.Text.Json;

namespace Carillon.Store.Memory;

// What readers see.
internal sealed partial class MemoryStore
{
    public Task<IReadOnlyList<Job>> ListAsync(JobQuery query, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Job>>(() => List(query), cancellationToken);

    public Task<IReadOnlyList<Execution>> ListExecutionsAsync(ExecutionQuery query, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Execution>>(() => ListExecutions(query), cancellationToken);

    public Task<Summary> SummarizeAsync(CancellationToken cancellationToken) => TransactAsync(Summarize, cancellationToken);

    private List<Job> List(JobQuery query) =>
    [
        .. _jobs.Values.Where(query.Filter.Matches)
            .Where(job => query.Before is not { } before || job.Id.CompareTo(before) < 0)
            .OrderByDescending(job => job.Id)
            .Take(query.Limit),
    ];

    private List<Execution> ListExecutions(ExecutionQuery query)
    {
        var ofJobs = _jobs.Values.Where(job => job.State is JobState.Running or JobState.Succeeded).Select(ToExecution);
        var ofJournal = _journal.Values.Where(entry => entry.Kind == JournalKinds.Attempt).Select(ToExecution);
        return
        [
            .. ofJobs.Concat(ofJournal)
                .Where(execution => query.Job is null || execution.Job == query.Job)
                .Where(execution => query.Schedule is null || execution.Schedule == query.Schedule)
                .Where(execution => query.State is null || execution.State == query.State)
                .Where(query.IsBehind)
                .OrderByDescending(execution => execution.Place)
                .Take(query.Limit),
        ];
    }

    private static Execution ToExecution(Job job) => new()
    {
        Job = job.Id,
        Token = job.Token,
        Handler = job.Handler,
        Schedule = job.Schedule,
        Attempt = job.Attempt,
        Node = job.Node,
        State = job.State == JobState.Running ? "running" : "succeeded",
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
    };

    private static Execution ToExecution(JournalEntry entry) =>
        Execution.Of(Guid.Parse(entry.Subject.Id), JsonSerializer.Deserialize(entry.Data, StoreJson.Default.AttemptFact)!);

    private Summary Summarize()
    {
        var counts = _jobs.Values.Where(job => job.State is not (JobState.Succeeded or JobState.Cancelled))
            .GroupBy(job => (job.Queue, job.Handler, job.State))
            .Select(group => new JobCount(group.Key.Queue, group.Key.Handler, group.Key.State, group.LongCount(), group.Min(job => job.RunAt)));
        var busy = _jobs.Values.Where(job => job.State == JobState.Running && job.ConcurrencyKey is not null).Select(job => job.ConcurrencyKey!);
        return new Summary([.. counts], busy.ToHashSet(), [.. _buckets.Select(bucket => new SpentBucket(bucket.Key, bucket.Value))]);
    }
}
