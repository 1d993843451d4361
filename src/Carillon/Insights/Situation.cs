using Carillon.Cluster;
using Carillon.Store;

namespace Carillon.Insights;

/// <summary>What holds jobs back right now, read once for a whole list.</summary>
internal sealed record Situation(DateTimeOffset Now, Summary Summary, IReadOnlyDictionary<string, QueueSettings> Queues, IReadOnlyList<NodeManifest> Nodes)
{
    private readonly ILookup<string, JobCount> _runningByQueue = Running(Summary).ToLookup(count => count.Queue, StringComparer.Ordinal);
    private readonly Dictionary<Bucket, DateTimeOffset> _spent = Summary.Spent.ToDictionary(spent => spent.Bucket, spent => spent.FullAt);
    private readonly ILookup<string, JobCount> _runningByHandler = Running(Summary).ToLookup(count => count.Handler, StringComparer.Ordinal);

    /// <summary>Live nodes that were asked to drain: they take nothing.</summary>
    public IReadOnlyList<NodeManifest> Drained { get; init; } = [];

    public static async Task<Situation> ReadAsync(IStore store, Summary summary, IReadOnlyDictionary<string, NodeWish> wishes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var queues = await store.ListDefinitionsAsync(DefinitionKinds.Queue, cancellationToken);
        var leases = await store.ListLeasesAsync(ClusterReader.NodePrefix, now, cancellationToken);
        var nodes = leases.Select(lease => NodeManifest.Parse(lease.Data)).OfType<NodeManifest>().ToLookup(node => NodeWish.Find(wishes, node) is { IsDraining: true });
        return new Situation(
            now,
            summary,
            queues.ToDictionary(queue => queue.Name, queue => QueueSettings.Read(queue.Body), StringComparer.Ordinal),
            [.. nodes[false]])
        {
            Drained = [.. nodes[true]],
        };
    }

    public long RunningIn(string queue) => _runningByQueue[queue].Sum(count => count.Count);

    public long RunningOf(string handler) => _runningByHandler[handler].Sum(count => count.Count);

    /// <summary>The next start that a rate limit allows; the beginning of time where there is none.</summary>
    public DateTimeOffset NextStartOf(Bucket bucket, QueueSettings settings) =>
        settings.RateOf(bucket) is { } rate && _spent.TryGetValue(bucket, out var fullAt) ? rate.NextStart(fullAt) : DateTimeOffset.MinValue;

    public long RunningInAll => Running(Summary).Sum(count => count.Count);

    private static IEnumerable<JobCount> Running(Summary summary) => summary.Counts.Where(count => count.State == JobState.Running);
}
