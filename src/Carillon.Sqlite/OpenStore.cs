using Carillon.Sqlite.Native;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Sqlite;

/// <summary>What there is while the store is open: the locked file, the writer with its connection, the readers.</summary>
internal sealed class OpenStore : IDisposable
{
    private readonly StoreFile _file;
    private readonly Database? _database;
    private readonly Writer? _writer;
    private readonly ReaderPool? _readers;

    public OpenStore(SqliteStoreOptions options, Action<StoreSignal> tell, ILogger logger)
    {
        _file = new StoreFile(options);
        try
        {
            _database = _file.OpenWriter();
            _readers = new ReaderPool(_file.OpenReader, options.Readers);
            var board = new Board();
            board.Load(_database);
            _writer = new Writer(new Transaction(_database, board), tell, logger);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path => _file.Path;

    public Writer Writer => _writer!;

    public ReaderPool Readers => _readers!;

    /// <summary>Statements begun since it was opened.</summary>
    public long Executed => _database!.Executed + Readers.Executed;

    // The writer's connection after the readers': the last one to close brings the WAL into the file.
    public void Dispose()
    {
        _writer?.Dispose();
        _readers?.Dispose();
        _database?.Dispose();
        _file.Dispose();
    }
}
