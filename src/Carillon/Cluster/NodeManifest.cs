using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Jobs;

namespace Carillon.Cluster;

/// <summary>What a node tells about itself in its lease, so that any node can list handlers and say that a job has none.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Version">The program's version.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Slots">How many jobs it runs at once.</param>
/// <param name="Handlers">The handlers it has; none for a node that does not work.</param>
public sealed record NodeManifest(string Node, string Version, int ProcessId, DateTimeOffset StartedAt, int Slots, IReadOnlyList<HandlerManifest> Handlers)
{
    /// <summary>What it does.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<NodeRoles>))]
    public NodeRoles Roles { get; init; } = NodeRoles.All;

    /// <summary>The queues that it serves; null for all.</summary>
    public IReadOnlyList<string>? Queues { get; init; }

    internal bool Has(string handler) => Handlers.Any(known => known.Name == handler);

    internal bool Serves(string handler, string queue) => Has(handler) && Queues?.Contains(queue) != false;

    internal string ToJson() => JsonSerializer.Serialize(this, ManifestJson.Default.NodeManifest);

    internal static NodeManifest? Parse(string json) => JsonSerializer.Deserialize(json, ManifestJson.Default.NodeManifest);
}

/// <summary>A handler as a node tells of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">For people.</param>
/// <param name="Queue">Its own queue.</param>
/// <param name="MaxConcurrent">Its limit.</param>
/// <param name="IsPrivileged">It takes no jobs from the API unless the host allows it.</param>
/// <param name="ArgsSchema">JSON schema of its arguments.</param>
public sealed record HandlerManifest(string Name, string? Description, string? Queue, int? MaxConcurrent, bool IsPrivileged, string? ArgsSchema)
{
    /// <summary>How long its ended jobs are kept; null for as long as the host keeps them, and where an older node did not tell.</summary>
    public TimeSpan? KeepFinished { get; init; }

    internal static HandlerManifest Of(HandlerDefinition handler) =>
        new(handler.Name, handler.Description, handler.Queue, handler.MaxConcurrent, handler.IsPrivileged, handler.ArgsSchema) { KeepFinished = handler.KeepFinished };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
