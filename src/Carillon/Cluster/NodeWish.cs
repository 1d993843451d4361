using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Store;

namespace Carillon.Cluster;

/// <summary>
/// What somebody wants of a node, and what the node says about it: the definition <c>node/NAME</c>. Meant for one life of the node, known by
/// its start: a node that was drained works again when it is started anew.
/// </summary>
internal sealed record NodeWish
{
    /// <summary>When the node that is meant was started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>It takes no job and fires no schedule; false: it works (again).</summary>
    public bool IsDraining { get; init; }

    /// <summary>Its process ends once it is drained.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>How long running jobs have; null for the node's own time.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Who wants it.</summary>
    public string? By { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset AskedAt { get; init; }

    /// <summary>When the node had done it; null until then.</summary>
    public DateTimeOffset? DrainedAt { get; init; }

    public NodeState State => !IsDraining ? NodeState.Working : DrainedAt is null ? NodeState.Draining : NodeState.Drained;

    public string ToJson() => JsonSerializer.Serialize(this, WishJson.Default.NodeWish);

    public static NodeWish? Parse(string? json) => json is null ? null : JsonSerializer.Deserialize(json, WishJson.Default.NodeWish);

    /// <summary>The wishes that stand, by node; whether one is meant for the life a node lives now, <see cref="Find"/> says.</summary>
    public static IReadOnlyDictionary<string, NodeWish> Read(IEnumerable<Definition> definitions) =>
        definitions.Select(definition => (definition.Name, Wish: Parse(definition.Body))).Where(pair => pair.Wish is not null)
            .ToDictionary(pair => pair.Name, pair => pair.Wish!, StringComparer.Ordinal);

    /// <summary>What is wanted of this node; null when nothing is.</summary>
    public static NodeWish? Find(IReadOnlyDictionary<string, NodeWish> wishes, NodeManifest node) =>
        wishes.GetValueOrDefault(node.Node) is { } wish && wish.StartedAt == node.StartedAt ? wish : null;
}

/// <summary>How a live node stands.</summary>
public enum NodeState
{
    /// <summary>It does what its roles say.</summary>
    Working,

    /// <summary>It was asked to drain: it takes no job and fires no schedule, and what runs has its time to end.</summary>
    Draining,

    /// <summary>It was drained: nothing runs there, and nothing begins until it is resumed or started anew.</summary>
    Drained,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeWish))]
internal sealed partial class WishJson : JsonSerializerContext;
