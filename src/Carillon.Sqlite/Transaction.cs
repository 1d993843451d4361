using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>
/// The one write transaction, used again and again by the writer's thread: begun by the first statement of any operation (an
/// operation that finds its answer on the board begins none), committed for all operations of a batch together.
/// </summary>
internal sealed class Transaction(Database database, Board board)
{
    private Leases _leasesBefore = board.Leases;

    /// <summary>What is known without asking the file.</summary>
    public Board Board => board;

    /// <summary>What the sleepers must be told once it is committed.</summary>
    public StoreSignal Signal { get; private set; }

    private Database Begun
    {
        get
        {
            if (!database.IsInTransaction)
            {
                using var begin = database.Use("begin immediate");
                begin.Run();
            }

            return database;
        }
    }

    /// <summary>A kept statement inside this transaction.</summary>
    public Statement Use(string sql) => Begun.Use(sql);

    /// <summary>A statement put together for one use, inside this transaction.</summary>
    public Statement Prepare(string sql) => Begun.Prepare(sql);

    public void Execute(string sql) => Begun.Execute(sql);

    /// <summary>Rows that the last statement touched.</summary>
    public int Changes => database.Changes;

    public void Tell(StoreSignal signal) => Signal |= signal;

    /// <summary>Before an operation: the board agrees with the file.</summary>
    public void Open()
    {
        Signal = StoreSignal.None;
        if (database.IsInTransaction)
        {
            RollBack();
        }

        _leasesBefore = board.Leases;
        if (board.IsStale)
        {
            board.Load(Begun);
        }
    }

    /// <summary>The file was changed past the board.</summary>
    public void Reload() => board.Load(Begun);

    public void Commit()
    {
        if (database.IsInTransaction)
        {
            using var commit = database.Use("commit");
            commit.Run();
        }
    }

    /// <summary>Takes back all operations since <see cref="Open"/>. SQLite may have done so itself, where the disk was full.</summary>
    public void RollBack()
    {
        Signal = StoreSignal.None;
        board.Leases = _leasesBefore;
        board.IsStale = true;
        if (database.IsInTransaction)
        {
            using var rollback = database.Use("rollback");
            rollback.Run();
        }
    }

    /// <summary>
    /// Does all of a change or, when it says no, nothing of it, inside the operation. A savepoint costs two statements and a new
    /// look at the board, so it is for the few changes that must write before they know.
    /// </summary>
    public bool Try(Func<bool> change)
    {
        var signal = Signal;
        Execute("savepoint attempt");
        var isKept = change();
        if (!isKept)
        {
            Execute("rollback to attempt");
            Signal = signal;
            board.Load(database);
        }

        Execute("release attempt");
        return isKept;
    }
}
