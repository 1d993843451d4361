using Carillon.Cluster;

namespace Carillon.Server.Serving;

/// <summary>What <c>carillon serve</c> was asked for.</summary>
internal sealed record ServeRequest
{
    /// <summary>Where to listen.</summary>
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>Where the data is.</summary>
    public required StoreChoice Store { get; init; }

    /// <summary>Configuration files; a change of one is applied while the server runs.</summary>
    public IReadOnlyList<string> ConfigPaths { get; init; } = [];

    /// <summary>API callers may name <c>exec</c>.</summary>
    public bool AllowRemoteExec { get; init; }

    /// <summary>The addresses were named, rather than left at their default.</summary>
    public bool IsAddressGiven { get; init; }

    /// <summary>The node's name; null for machine and process.</summary>
    public string? Name { get; init; }

    /// <summary>What the node does; null for what its settings say.</summary>
    public NodeRoles? Roles { get; init; }

    /// <summary>The queues that it serves; null for what its settings say.</summary>
    public IReadOnlyList<string>? Queues { get; init; }

    /// <summary>How log lines look.</summary>
    public LogFormat Log { get; init; }
}
