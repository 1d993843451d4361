using Carillon.Cluster;

namespace Carillon.AspNetCore.Shapes;

/// <summary>The answer of the node that was asked about itself and its cluster.</summary>
internal sealed record StatusView(
    string Instance, string? LeaderInstance, string Version, string Store, TimeSpan ClockOffset, string ZoneData, DateTimeOffset Now,
    int Nodes, int Handlers, StatusJobs Jobs)
{
    /// <summary>How the answering node stands; null while it holds no lease.</summary>
    public NodeState? State { get; init; }

    /// <summary>The term under which the leader leads; each is higher than the one before. Null while nobody leads.</summary>
    public long? LeaderTerm { get; init; }

    /// <summary>The answering process's connections to the store's database; null where the store has none.</summary>
    public ConnectionsAnswer? StoreConnections { get; init; }

    /// <summary>What the answering node does.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The queues that the answering node serves; null for all.</summary>
    public IReadOnlyList<string>? Queues { get; init; }
}

/// <summary>How many connections a process uses, and how many it may.</summary>
internal sealed record ConnectionsAnswer(int Used, int Max);

/// <summary>How many live jobs there are.</summary>
internal sealed record StatusJobs(long Pending, long Running, long Waiting, long Dead);

/// <summary>Whether the node is well; the reason is a fixed word, for anybody may read it.</summary>
internal sealed record HealthView(string Status, string? Reason = null);
