using System.Runtime.InteropServices;
using System.Text;

namespace Carillon.Sqlite.Native;

/// <summary>One connection. Not thread-safe: whoever holds it uses it alone. Statements are prepared once and kept.</summary>
internal sealed unsafe class Database : IDisposable
{
    // By reference: the texts are literals, so the same text is the same object, and hashing 800 characters for each use is saved.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);
    private nint _handle;
    private long _executed;

    private Database(string path) => Path = path;

    public string Path { get; }

    public Names Names { get; } = new();

    /// <summary>How many statements were begun on it.</summary>
    public long Executed => Volatile.Read(ref _executed);

    public bool IsInTransaction => Sqlite3.GetAutocommit(_handle) == 0;

    /// <summary>Rows that the last insert, update or delete touched.</summary>
    public int Changes => Sqlite3.Changes(_handle);

    /// <summary>Opens a file that exists.</summary>
    public static Database Open(string path)
    {
        SqliteLibrary.Use();
        var database = new Database(path);
        var code = Sqlite3.Open(path, out database._handle, Sqlite3.OpenReadWrite | Sqlite3.OpenNoMutex, 0);
        if (code != Sqlite3.Ok)
        {
            using (database)
            {
                throw database.Fail(code);
            }
        }

        _ = Sqlite3.ExtendedResultCodes(database._handle, 1);
        return database;
    }

    /// <summary>A kept statement, by a literal. Dispose it to give it back.</summary>
    public Statement Use(string sql)
    {
        ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_statements, sql, out _);
        kept ??= new Statement(this, PrepareOne(sql, Sqlite3.PreparePersistent), isKept: true);
        return kept.Begin();
    }

    /// <summary>A statement whose text was put together for one use. Dispose it to be rid of it.</summary>
    public Statement Prepare(string sql) => new Statement(this, PrepareOne(sql, 0), isKept: false).Begin();

    /// <summary>Runs a text of any number of statements without parameters.</summary>
    public void Execute(string sql)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(sql + '\0'))
        {
            for (var rest = text; *rest != 0;)
            {
                Check(Sqlite3.Prepare(_handle, rest, -1, 0, out var handle, out rest));
                if (handle != 0)
                {
                    using var statement = new Statement(this, handle, isKept: false).Begin();
                    statement.Run();
                }
            }
        }
    }

    /// <summary>The first column of the first row as a number; 0 when there is none.</summary>
    public long Count(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Read() ? statement.Long(0) : 0;
    }

    /// <summary>Copies this database as it stands at this instant into <paramref name="target"/>, which must be empty; writers go on meanwhile.</summary>
    public void CopyTo(Database target)
    {
        var backup = Sqlite3.BackupInit(target._handle, "main", _handle, "main");
        if (backup == 0)
        {
            throw target.Fail(1);
        }

        var code = Sqlite3.BackupStep(backup, -1);
        _ = Sqlite3.BackupFinish(backup);
        target.Check(code == Sqlite3.Done ? Sqlite3.Ok : code);
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _ = Sqlite3.Close(_handle);
        _handle = 0;
    }

    public void Check(int code)
    {
        if (code != Sqlite3.Ok)
        {
            throw Fail(code);
        }
    }

    public Exception Fail(int code) => Failure.Of(code, Marshal.PtrToStringUTF8((nint)Sqlite3.ErrorMessage(_handle)) ?? "no particulars", Path);

    public void CountOne() => Volatile.Write(ref _executed, _executed + 1);

    private nint PrepareOne(string sql, uint flags)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(sql + '\0'))
        {
            Check(Sqlite3.Prepare(_handle, text, -1, flags, out var statement, out _));
            return statement;
        }
    }
}
