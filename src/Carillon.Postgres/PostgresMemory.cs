using System.Collections.Concurrent;

namespace Carillon.Postgres;

/// <summary>What a process remembers of the database: nothing that another process could make wrong.</summary>
internal sealed class PostgresMemory
{
    private readonly Lock _lock = new();
    private Guid _greatestId;

    /// <summary>Lanes are never removed.</summary>
    public ConcurrentDictionary<(string Queue, string Handler, int Priority, bool IsGrouped), int> Lanes { get; } = new();

    /// <summary>The same the other way round.</summary>
    public ConcurrentDictionary<int, (string Queue, string Handler, int Priority)> LaneNames { get; } = new();

    /// <summary>Up to where this process's claims have emptied the lanes.</summary>
    public Frontier Frontier { get; } = new();

    /// <summary>A claim of this process met a limit over the cluster: the end of any job may let another one run elsewhere.</summary>
    public bool IsLimited { get; set; }

    /// <summary>
    /// True for an id that cannot be in the database: it is above all that were there when the store was opened, and above all that
    /// this process has offered since. Ids are made in rising order, so nearly every new one is.
    /// </summary>
    public bool IsNew(Guid id)
    {
        lock (_lock)
        {
            if (id.CompareTo(_greatestId) <= 0)
            {
                return false;
            }

            _greatestId = id;
            return true;
        }
    }

    /// <summary>Ids up to this one may be there.</summary>
    public void Expect(Guid id)
    {
        lock (_lock)
        {
            _greatestId = id.CompareTo(_greatestId) > 0 ? id : _greatestId;
        }
    }
}
