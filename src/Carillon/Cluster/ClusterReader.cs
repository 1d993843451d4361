using Carillon.Store;

namespace Carillon.Cluster;

/// <summary>A node as a reader sees it.</summary>
/// <param name="Manifest">What it tells about itself.</param>
/// <param name="Until">Its lease holds until then unless renewed.</param>
/// <param name="Token">Its lease's token.</param>
/// <param name="IsLeader">It holds the lease <c>leader</c>.</param>
public sealed record NodeView(NodeManifest Manifest, DateTimeOffset Until, long Token, bool IsLeader)
{
    /// <summary>How it stands.</summary>
    public NodeState State { get; init; }

    /// <summary>Who asked it to drain; null while it works.</summary>
    public string? DrainedBy { get; init; }

    /// <summary>Why; null where nobody said.</summary>
    public string? DrainReason { get; init; }

    /// <summary>The term under which it leads: each leader's is higher than the one's before. Null where it does not lead.</summary>
    public long? LeaderTerm { get; init; }

    internal static NodeView Of(NodeManifest manifest, Lease lease, Lease? leader, NodeWish? wish) => new(manifest, lease.Until, lease.Token, lease.Owner == leader?.Owner)
    {
        LeaderTerm = lease.Owner == leader?.Owner ? leader.Token : null,
        State = wish?.State ?? NodeState.Working,
        DrainedBy = wish is { IsDraining: true } ? wish.By : null,
        DrainReason = wish is { IsDraining: true } ? wish.Reason : null,
    };
}

/// <summary>The door to the cluster: who lives, who leads, which handlers there are.</summary>
public sealed class ClusterReader
{
    internal const string NodePrefix = "node/";
    internal const string LeaderLease = "leader";

    private readonly IStore _store;
    private readonly TimeProvider _clock;

    internal ClusterReader(IStore store, TimeProvider clock, string node) => (_store, _clock, Node) = (store, clock, node);

    /// <summary>The answering node.</summary>
    public string Node { get; }

    /// <summary>The store, for people.</summary>
    public string Store => _store.Description;

    /// <summary>The connections of this process to the store's database; null where the store has none (in memory, SQLite).</summary>
    public StoreConnections? StoreConnections => _store.Connections;

    /// <summary>Live nodes, by name.</summary>
    public async Task<IReadOnlyList<NodeView>> ListNodesAsync(CancellationToken cancellationToken = default)
    {
        var now = _clock.GetUtcNow();
        var leases = await _store.ListLeasesAsync(NodePrefix, now, cancellationToken);
        var leader = await FindLeaseAsync(cancellationToken);
        var wishes = NodeWish.Read(await _store.ListDefinitionsAsync(DefinitionKinds.Node, cancellationToken));
        return [.. from lease in leases
                   let manifest = NodeManifest.Parse(lease.Data)
                   where manifest is not null
                   orderby manifest.Node
                   select NodeView.Of(manifest, lease, leader, NodeWish.Find(wishes, manifest))];
    }

    /// <summary>The node that holds the lease <c>leader</c>; null while nobody does.</summary>
    public async Task<string?> FindLeaderAsync(CancellationToken cancellationToken = default) =>
        (await FindLeaseAsync(cancellationToken))?.Owner;

    /// <summary>Handlers of live nodes, by name, each once.</summary>
    public async Task<IReadOnlyList<HandlerManifest>> ListHandlersAsync(CancellationToken cancellationToken = default) =>
        [.. (await ListNodesAsync(cancellationToken)).SelectMany(node => node.Manifest.Handlers).DistinctBy(handler => handler.Name).OrderBy(handler => handler.Name, StringComparer.Ordinal)];

    private async Task<Lease?> FindLeaseAsync(CancellationToken cancellationToken) =>
        (await _store.ListLeasesAsync(LeaderLease, _clock.GetUtcNow(), cancellationToken)).FirstOrDefault(lease => lease.Name == LeaderLease);

    /// <summary>Handlers of live nodes, each with its own queue.</summary>
    internal async Task<IReadOnlyDictionary<string, string?>> ListQueuesAsync(CancellationToken cancellationToken) =>
        (await ListHandlersAsync(cancellationToken)).ToDictionary(handler => handler.Name, handler => handler.Queue, StringComparer.Ordinal);
}
