using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Sqlite;

/// <summary>
/// The embedded, durable store: one file, one process. Writes are grouped into transactions by one thread (<see cref="Writer"/>),
/// what a claim must know is kept in memory (<see cref="Board"/>), and readers see snapshots that never block it.
/// </summary>
internal sealed partial class SqliteStore : IStore
{
    private readonly SqliteStoreOptions _options;
    private readonly ILogger<SqliteStore> _logger;
    private readonly Lock _opening = new();
    private OpenStore? _opened;
    private bool _isDisposed;

    public SqliteStore(SqliteStoreOptions options, ILogger<SqliteStore> logger)
    {
        (_options, _logger) = (options, logger);
        Description = $"sqlite:{options.Path}";
    }

    public string Description { get; }

    public event Action<StoreSignal>? Signalled;

    /// <summary>Statements begun since it was opened, by writer and readers; an idle store begins none.</summary>
    public long StatementCount => _opened?.Executed ?? 0;

    private Writer Writer => Ready.Writer;

    private ReaderPool Readers => Ready.Readers;

    private OpenStore Ready
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _opened ?? throw new InvalidOperationException("The SQLite store is not open yet; call UpgradeSchemaAsync first.");
        }
    }

    public Task UpgradeSchemaAsync(CancellationToken cancellationToken) => Task.Run(Open, cancellationToken);

    public Task<StoreTime?> GetTimeAsync(CancellationToken cancellationToken) => Task.FromResult<StoreTime?>(null);

    public Task ShiftDelaysAsync(TimeSpan step, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Shifting.Shift(transaction, step), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        OpenStore? opened;
        lock (_opening)
        {
            _isDisposed = true;
            (opened, _opened) = (_opened, null);
        }

        if (opened is not null)
        {
            await Task.Run(opened.Dispose);
        }
    }

    private void Open()
    {
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var isOpen = _opened is not null;
            _opened ??= new OpenStore(_options, signal => Signalled?.Invoke(signal), _logger);
            if (!isOpen)
            {
                OpenedFile(_opened.Path, SqliteLibrary.Use());
            }
        }
    }

    [LoggerMessage(2010, LogLevel.Information, "Opened {Path} with SQLite {Version}.")]
    private partial void OpenedFile(string path, string version);
}
