using Carillon.AspNetCore.Json;
using Carillon.Cluster;
using Carillon.Jobs;
using Carillon.Locks;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>A handler of live nodes.</summary>
internal sealed record HandlerView(
    string Name, string? Description, string? Queue, int? MaxConcurrent, TimeSpan? KeepFinished, bool Privileged, RawJson? ArgsSchema, IReadOnlyList<string> Nodes)
{
    public static IReadOnlyList<HandlerView> Of(IReadOnlyList<NodeView> nodes) =>
    [
        .. nodes.SelectMany(node => node.Manifest.Handlers.Select(handler => (Handler: handler, node.Manifest.Node)))
            .GroupBy(pair => pair.Handler.Name, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Of(group.First().Handler, [.. group.Select(pair => pair.Node)])),
    ];

    private static HandlerView Of(HandlerManifest handler, IReadOnlyList<string> nodes) =>
        new(handler.Name, handler.Description, handler.Queue, handler.MaxConcurrent, handler.KeepFinished, handler.IsPrivileged, RawJson.Of(handler.ArgsSchema), nodes);
}

/// <summary>A live node.</summary>
internal sealed record NodeAnswer(
    string Name, NodeState State, string? DrainedBy, string? DrainReason, IReadOnlyList<string> Roles, IReadOnlyList<string>? Queues,
    bool Leader, string Version, int ProcessId, DateTimeOffset StartedAt, int Slots, DateTimeOffset Until, IReadOnlyList<string> Handlers)
{
    public static NodeAnswer Of(NodeView node) => new(
        node.Manifest.Node, node.State, node.DrainedBy, node.DrainReason, RoleNames.Of(node.Manifest.Roles), node.Manifest.Queues,
        node.IsLeader, node.Manifest.Version, node.Manifest.ProcessId, node.Manifest.StartedAt, node.Manifest.Slots, node.Until,
        [.. node.Manifest.Handlers.Select(handler => handler.Name)]);
}

/// <summary>A lock that is held.</summary>
internal sealed record LockAnswer(string Name, string Node, long Token, DateTimeOffset? Since, DateTimeOffset Until)
{
    public static LockAnswer Of(LockView held) => new(held.Name, held.Node, held.Token, held.Since, held.Until);
}

/// <summary>How a node is to be drained.</summary>
internal sealed record DrainBody
{
    public bool? Exit { get; init; }

    public TimeSpan? Grace { get; init; }

    public string? Reason { get; init; }

    public static DrainRequest ToRequest(DrainBody? body) =>
        new() { Exit = body?.Exit ?? false, Grace = body?.Grace, Reason = ReasonBody.Of(new ReasonBody { Reason = body?.Reason }) };
}

/// <summary>A queue.</summary>
internal sealed record QueueAnswer(
    string Name, bool Paused, string? PauseReason, string? PausedBy, int? MaxConcurrent, RateLimit? MaxRate, RateLimit? MaxRatePerGroup, bool Fair,
    long Pending, long Running, long Waiting, long Dead, DateTimeOffset? OldestRunAt)
{
    public static QueueAnswer Of(QueueView queue) => new(
        queue.Name, queue.Settings.IsPaused, queue.Settings.PauseReason, queue.Settings.PausedBy,
        queue.Settings.MaxConcurrent, queue.Settings.MaxRate, queue.Settings.MaxRatePerGroup, queue.Settings.IsFair,
        queue.Pending, queue.Running, queue.Waiting, queue.Dead, queue.OldestRunAt);
}

/// <summary>How many jobs of a queue may run at once; null for no limit.</summary>
internal sealed record LimitBody
{
    public int? MaxConcurrent { get; init; }
}

/// <summary>How often jobs of a queue, or of each of its groups, may begin; null for no limit.</summary>
internal sealed record RateBody
{
    public RateLimit? Rate { get; init; }

    public bool? PerGroup { get; init; }
}

/// <summary>Whether a queue's groups take turns.</summary>
internal sealed record FairBody
{
    public bool? Fair { get; init; }
}
