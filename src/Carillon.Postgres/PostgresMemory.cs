using System.Collections.Concurrent;

namespace Carillon.Postgres;

/// <summary>What a process remembers of the database: nothing that another process could make wrong.</summary>
internal sealed class PostgresMemory
{
    /// <summary>Lanes are never removed.</summary>
    public ConcurrentDictionary<(string Queue, string Handler, int Priority, bool IsGrouped), int> Lanes { get; } = new();

    /// <summary>The same the other way round.</summary>
    public ConcurrentDictionary<int, (string Queue, string Handler, int Priority)> LaneNames { get; } = new();

    /// <summary>Up to where this process's claims have emptied the lanes.</summary>
    public Frontier Frontier { get; } = new();

    /// <summary>A claim of this process met a limit over the cluster: the end of any job may let another one run elsewhere.</summary>
    public bool IsLimited { get; set; }

    /// <summary>Which ids cannot be in the database yet.</summary>
    public NewIds Ids { get; } = new();
}
