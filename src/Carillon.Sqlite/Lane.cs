namespace Carillon.Sqlite;

/// <summary>
/// The claimable jobs of one queue, handler, priority and group. It remembers how early its next job may be due, so that a claim asks the
/// file only about lanes that have something due.
/// </summary>
internal sealed class Lane(long id, string queue, string handler, int priority)
{
    private const long Never = long.MaxValue;

    public long Id => id;

    public string Queue => queue;

    public string Handler => handler;

    public int Priority => priority;

    /// <summary>Null: of the jobs that name none.</summary>
    public string? Group { get; init; }

    /// <summary>No job of it is due earlier (ticks).</summary>
    public long HeadAt { get; private set; } = Never;

    /// <summary>There is a job due exactly then, with this concurrency key.</summary>
    public bool IsExact { get; private set; } = true;

    public string? HeadKey { get; private set; }

    public bool IsEmpty => HeadAt == Never;

    /// <summary>A job was added.</summary>
    public void Offer(long runAt, string? concurrencyKey)
    {
        if (runAt <= HeadAt)
        {
            SetHead(runAt, concurrencyKey);
        }
    }

    /// <summary>A job left it, or moved inside it.</summary>
    public void Leave(long runAt) => IsExact &= runAt > HeadAt;

    /// <summary>The first job, as the file says.</summary>
    public void SetHead(long runAt, string? concurrencyKey) => (HeadAt, HeadKey, IsExact) = (runAt, concurrencyKey, true);

    /// <summary>The file has no job of it.</summary>
    public void SetEmpty() => SetHead(Never, null);

    /// <summary>No job before this instant; what comes then is not known.</summary>
    public void SetBound(long runAt) => (HeadAt, HeadKey, IsExact) = (runAt, null, false);

    /// <summary>Where a job of it due then stands among the jobs of all lanes: a point of priority is worth a minute.</summary>
    public long RankAt(long runAt) => runAt - (TimeSpan.TicksPerMinute * priority);
}
