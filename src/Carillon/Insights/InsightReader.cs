using Carillon.Cluster;
using Carillon.Store;

namespace Carillon.Insights;

/// <summary>The door to what the records mean: why jobs wait, and why things did or did not run. Reads only.</summary>
public sealed class InsightReader
{
    private const int MaxHistory = 50;
    private const int MaxJobs = 10;
    private static readonly TimeSpan SummaryFreshness = TimeSpan.FromSeconds(1);
    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private volatile Reading? _summary;

    internal InsightReader(IStore store, TimeProvider clock) => (_store, _clock) = (store, clock);

    /// <summary>Why those of the jobs wait that have not begun; jobs that wait for nothing are left out. One reading of the store for all of them.</summary>
    public async Task<IReadOnlyDictionary<Guid, WaitReason>> ReadWaitsAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default)
    {
        if (!jobs.Any(job => job.State is JobState.Pending or JobState.Waiting))
        {
            return new Dictionary<Guid, WaitReason>();
        }

        var (summary, wishes, _) = await SummaryAsync(cancellationToken);
        var situation = await Situation.ReadAsync(_store, summary, wishes, _clock.GetUtcNow(), cancellationToken);
        return (from job in jobs
                let wait = WaitRule.Decide(job, situation)
                where wait is not null
                select (job.Id, wait)).ToDictionary(pair => pair.Id, pair => pair.wait);
    }

    /// <summary>Why a job did or did not run; null when there is none of this id.</summary>
    public async Task<Explanation?> ExplainJobAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (await _store.GetAsync(id, cancellationToken) is not { } job)
        {
            return null;
        }

        // Newest first, so that of a very long history the end is kept; then in order.
        var query = new JournalQuery { Subject = Subject.Of(id), Kinds = [JournalKinds.Attempt, JournalKinds.Act], IsNewestFirst = true, Limit = MaxHistory };
        var journal = await _store.ReadAsync(query, cancellationToken);
        var waits = await ReadWaitsAsync([job], cancellationToken);
        return JobExplanation.Of(job, [.. journal.Reverse()], waits.GetValueOrDefault(id));
    }

    /// <summary>Why a schedule does or does not fire, also one that was removed; null when nothing is known of the name.</summary>
    public async Task<Explanation?> ExplainScheduleAsync(string name, CancellationToken cancellationToken = default)
    {
        var subject = new Subject(SubjectKind.Schedule, name);
        var history = await _store.ReadAsync(
            new JournalQuery { Subject = subject, Kinds = [JournalKinds.Act, JournalKinds.Skipped], IsNewestFirst = true, Limit = MaxHistory }, cancellationToken);
        if (await _store.GetScheduleAsync(name, cancellationToken) is not { } schedule)
        {
            return ScheduleExplanation.OfRemoved(name, history);
        }

        var jobs = await _store.ListAsync(new JobQuery { Filter = new JobFilter { Schedule = name }, Limit = MaxJobs }, cancellationToken);
        var waits = await ReadWaitsAsync(jobs, cancellationToken);
        return ScheduleExplanation.Of(schedule, history, [.. jobs.Select(job => (job, waits.GetValueOrDefault(job.Id)))]);
    }

    // A summary reads the whole hot table: with a long backlog, a caller that posts jobs one by one must not pay for it each time.
    // Counts, and which nodes drain, may therefore be up to a second old; instants, pauses and handlers never are.
    private async Task<Reading> SummaryAsync(CancellationToken cancellationToken)
    {
        if (_summary is { } fresh && _clock.GetElapsedTime(fresh.Timestamp) < SummaryFreshness)
        {
            return fresh;
        }

        var timestamp = _clock.GetTimestamp();
        var summary = await _store.SummarizeAsync(cancellationToken);
        var wishes = NodeWish.Read(await _store.ListDefinitionsAsync(DefinitionKinds.Node, cancellationToken));
        return _summary = new Reading(summary, wishes, timestamp);
    }

    private sealed record Reading(Summary Summary, IReadOnlyDictionary<string, NodeWish> Wishes, long Timestamp);
}
