using Carillon.Store;

namespace Carillon.Cluster;

/// <summary>How a node is to be drained.</summary>
public sealed record DrainRequest
{
    /// <summary>Its process ends once it is drained, orderly, as by SIGTERM. False: it stays, answers the API if that is its role, and can be resumed.</summary>
    public bool Exit { get; init; }

    /// <summary>How long running jobs have to end before they are stopped and handed over; null for the node's own <c>DrainTimeout</c>.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Why; shown to everyone who asks.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// The door to nodes: take one out of work, put it back. What is asked goes through the store, so it may be asked of any node by way of any
/// other; the node does it within a second, or with its next heartbeat where the notice was lost.
/// </summary>
public sealed class NodeClient
{
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(1);
    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly ClusterReader _cluster;

    internal NodeClient(IStore store, TimeProvider clock, ClusterReader cluster) => (_store, _clock, _cluster) = (store, clock, cluster);

    /// <summary>
    /// The node takes no further job and fires no schedule, lets what runs end, hands over what does not (released, no attempt is burned), and
    /// is then drained. False: no live node has this name.
    /// </summary>
    public Task<bool> DrainAsync(string node, DrainRequest request, Act act, CancellationToken cancellationToken = default)
    {
        if (request.Grace < TimeSpan.Zero || request.Grace > LongestGrace)
        {
            throw new InvalidRequestException([new Fault("grace", $"{request.Grace}", $"must be from 0 to {LongestGrace.TotalHours:0} h")]);
        }

        var wish = new NodeWish { IsDraining = true, IsLeaving = request.Exit, Grace = request.Grace, Reason = request.Reason, By = act.Who };
        return AskAsync(node, wish, act, cancellationToken);
    }

    /// <summary>The node works again. False: no live node has this name. One whose process is about to end still ends.</summary>
    public Task<bool> ResumeAsync(string node, Act act, CancellationToken cancellationToken = default) =>
        AskAsync(node, new NodeWish { By = act.Who }, act, cancellationToken);

    private async Task<bool> AskAsync(string name, NodeWish wish, Act act, CancellationToken cancellationToken)
    {
        var nodes = await _cluster.ListNodesAsync(cancellationToken);
        if (nodes.FirstOrDefault(node => node.Manifest.Node == name) is not { } found)
        {
            return false;
        }

        var now = _clock.GetUtcNow();
        wish = wish with { StartedAt = found.Manifest.StartedAt, AskedAt = now };
        await _store.PutDefinitionAsync(DefinitionKinds.Node, name, wish.ToJson(), null, act, now, cancellationToken);
        await ForgetGoneAsync(nodes, now, cancellationToken);
        return true;
    }

    // A node that was killed could not take its wish away with it.
    private async Task ForgetGoneAsync(IReadOnlyList<NodeView> nodes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var definition in await _store.ListDefinitionsAsync(DefinitionKinds.Node, cancellationToken))
        {
            if (nodes.All(node => node.Manifest.Node != definition.Name))
            {
                await _store.RemoveDefinitionAsync(DefinitionKinds.Node, definition.Name, null, now, cancellationToken);
            }
        }
    }
}
