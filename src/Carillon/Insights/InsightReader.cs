using Carillon.Store;

namespace Carillon.Insights;

/// <summary>The door to what the records mean: why jobs wait, and why things did or did not run. Reads only.</summary>
public sealed class InsightReader
{
    private readonly IStore _store;
    private readonly TimeProvider _clock;

    internal InsightReader(IStore store, TimeProvider clock) => (_store, _clock) = (store, clock);

    /// <summary>Why those of the jobs wait that have not begun; jobs that wait for nothing are left out. One reading of the store for all of them.</summary>
    public async Task<IReadOnlyDictionary<Guid, WaitReason>> ReadWaitsAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default)
    {
        if (!jobs.Any(job => job.State is JobState.Pending or JobState.Waiting))
        {
            return new Dictionary<Guid, WaitReason>();
        }

        var situation = await Situation.ReadAsync(_store, _clock.GetUtcNow(), cancellationToken);
        return (from job in jobs
                let wait = WaitRule.Decide(job, situation)
                where wait is not null
                select (job.Id, wait)).ToDictionary(pair => pair.Id, pair => pair.wait);
    }
}
