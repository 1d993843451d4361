using System.Collections.Concurrent;
using Carillon.Sqlite.Native;

namespace Carillon.Sqlite;

/// <summary>A few connections that only read. Each reading sees one snapshot, never waits for the writer, and never makes it wait.</summary>
internal sealed class ReaderPool(Func<Database> open, int size) : IDisposable
{
    private readonly ConcurrentBag<Database> _idle = [];
    private readonly ConcurrentBag<Database> _all = [];
#pragma warning disable CA2213 // Never disposed: whoever comes late passes it to hear that the store is closed, and it holds no handle.
    private readonly SemaphoreSlim _free = new(size, size);
#pragma warning restore CA2213
    private volatile bool _isClosed;

    /// <summary>How many statements were begun on its connections.</summary>
    public long Executed => _all.Sum(database => database.Executed);

    public async Task<T> RunAsync<T>(Func<Database, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteStore));
            return await Task.Run(() => Read(read), cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for those who read; whoever comes later is told that the store is closed.</summary>
    public void Dispose()
    {
        _isClosed = true;
        for (var i = 0; i < size; i++)
        {
            _free.Wait();
        }

        foreach (var database in _all)
        {
            database.Dispose();
        }

        _free.Release(size);
    }

    private T Read<T>(Func<Database, T> read)
    {
        var database = Rent();
        try
        {
            using (var begin = database.Use("begin"))
            {
                begin.Run();
            }

            return read(database);
        }
        finally
        {
            if (database.IsInTransaction)
            {
                using var end = database.Use("rollback");
                end.Run();
            }

            _idle.Add(database);
        }
    }

    private Database Rent()
    {
        if (_idle.TryTake(out var idle))
        {
            return idle;
        }

        var database = open();
        _all.Add(database);
        return database;
    }
}
