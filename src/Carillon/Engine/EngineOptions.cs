using Carillon.Cluster;
using Carillon.Store;

namespace Carillon.Engine;

/// <summary>What the engine was told by the host's options.</summary>
internal sealed record EngineOptions
{
    /// <summary>The node's name; unique among live nodes.</summary>
    public required string Node { get; init; }

    public NodeRoles Roles { get; init; } = NodeRoles.All;

    public int MaxConcurrentJobs { get; init; } = 100;

    public int ClaimBatch { get; init; } = 500;

    public IReadOnlySet<string>? Queues { get; init; }

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    public TimeSpan JobTimeout { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public Retention Retention { get; init; } = new(TimeSpan.FromDays(7), TimeSpan.FromDays(30), TimeSpan.FromDays(90));
}
