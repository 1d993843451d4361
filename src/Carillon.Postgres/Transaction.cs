using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// One transaction under way. Its statements run at READ COMMITTED: each sees what was committed before it began, which the locks
/// taken by the statements before it rely on.
/// </summary>
internal sealed class Transaction(NpgsqlConnection connection, PostgresMemory memory, Sql sql, CancellationToken cancellationToken, Notifier? notifier = null)
{
    private readonly Dictionary<(string Queue, string Handler, int Priority, bool IsGrouped), int> _newLanes = [];
    private StoreSignal _far;
    private StoreSignal _told;

    /// <summary>What this process remembers of the database beyond one transaction.</summary>
    public PostgresMemory Memory => memory;

    /// <summary>Who must be told once it is committed, in this process.</summary>
    public StoreSignal Signal { get; private set; }

    /// <summary>Who must be told in the other processes: where only this node's own slot came free, they need not wake.</summary>
    public StoreSignal FarSignal => _far & ~_told;

    /// <summary>Lanes made in this transaction; known to the process once it is committed.</summary>
    public Dictionary<(string Queue, string Handler, int Priority, bool IsGrouped), int> NewLanes => _newLanes;

    public void Tell(StoreSignal signal)
    {
        Signal |= signal;
        _far |= signal;
    }

    /// <summary>Tells this process alone.</summary>
    public void TellNear(StoreSignal signal) => Signal |= signal;

    /// <summary>
    /// Where the transaction is one statement, that may tell the others itself: the message comes with the commit, with no statement of
    /// its own. Null where it is not, or where too many were told of late.
    /// </summary>
    public (string Channel, string Message)? TryNotice(StoreSignal signal)
    {
        if (notifier is null || signal == StoreSignal.None || notifier.TryTake(signal) is not { } message)
        {
            return null;
        }

        _told = signal;
        return (sql.Channel, message);
    }

    /// <summary>A constant statement; it is prepared once on each connection.</summary>
    public Statement Use(string statement) => new(new NpgsqlCommand(sql.Of(statement), connection), cancellationToken);

    /// <summary>A statement put together for one use.</summary>
    public Statement UseOnce(string statement) => new(new NpgsqlCommand(sql.Turn(statement), connection), cancellationToken);

    /// <summary>All or nothing within the transaction: what is false takes back what was done.</summary>
    public async Task<bool> TryAsync(Func<Task<bool>> attempt)
    {
        var (signal, far) = (Signal, _far);
        await Use("savepoint attempt").RunAsync();
        var isKept = await attempt();
        if (!isKept)
        {
            await Use("rollback to savepoint attempt").RunAsync();
            (Signal, _far) = (signal, far);
            _newLanes.Clear();
        }

        await Use("release savepoint attempt").RunAsync();
        return isKept;
    }
}
