using System.Data.Common;
using Carillon.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// The store of a cluster: any number of nodes on one PostgreSQL. Each call is one transaction; what must not happen twice is fenced by
/// tokens, compare-and-set and row locks in the database, never by what a process remembers.
/// </summary>
internal sealed partial class PostgresStore : IStore
{
    private const string GreatestIdSql = /*lang=sql*/ """
        (select id from carillon.job order by id desc limit 1) union all (select id from carillon.job_done order by id desc limit 1) order by id desc limit 1
        """;

    private readonly PostgresStoreOptions _options;
    private readonly ILogger<PostgresStore> _logger;
    private readonly Sql _sql;
    private readonly PostgresMemory _memory = new();
    private readonly Rest _rest = new();
    private readonly Summaries _summaries = new();
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly EnqueueGroup _enqueues;
    private readonly Connections _connections;
    private readonly UserTransactions _transactions;
    private readonly DayPartitions _days;
    private readonly Notifier _notifier;
    private readonly Listener _listener;
    private readonly Presence? _presence;
    private readonly BeatThread _beats;
    private Rehearsal? _rehearsal;
    private bool _isOpen;
    private bool _isDisposed;

    public PostgresStore(PostgresStoreOptions options, ILogger<PostgresStore> logger)
    {
        (_options, _logger, _sql) = (options, logger, new Sql(options.Schema));
        var source = options.DataSource ?? DataSources.Build(options);
        _connections = new Connections(source, _memory, _sql, Tell) { IsOwned = options.DataSource is null, Direct = DataSources.BuildDirect(options) };
        _beats = new BeatThread(_connections);
        _enqueues = new EnqueueGroup(_connections);
        _transactions = new UserTransactions(_connections);
        _days = new DayPartitions(_connections, logger);
        _notifier = new Notifier(_connections, _sql.Channel, logger);
        _connections.Notifier = _notifier;
        _listener = new Listener(_connections, _notifier, _sql.Channel, HearFar, logger);
        _presence = options.HasRoom ? new Presence(_connections, Tell, logger) : null;
        Description = DataSources.Describe(source.ConnectionString, options.Schema);
    }

    public string Description { get; }

    public bool IsShared => true;

    // A pool of the host's bounds what is ours and what is its own together.
    public StoreConnections? Connections => new(_connections.Used, _connections.Most);

    public event Action<StoreSignal>? Signalled;

    public async Task UpgradeSchemaAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_isOpen)
            {
                await OpenAsync(cancellationToken);
                _isOpen = true;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    public async Task<StoreTime?> GetTimeAsync(CancellationToken cancellationToken) => await ReadAsync(ServerClock.ReadAsync, cancellationToken);

    public Task ShiftDelaysAsync(TimeSpan step, CancellationToken cancellationToken) =>
        WriteAsync(
            transaction =>
            {
                _rest.Keep(beat: null);
                return Shifting.ShiftAsync(transaction, step);
            },
            cancellationToken);

    public void Accept(IClaimOffer offer)
    {
        _enqueues.Offer = offer;
        _rehearsal ??= _options.HasRoom ? new Rehearsal(_connections, _logger) : null;
    }

    public Task<IJoinedStore> JoinAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        _ = Ready;
        return _transactions.JoinAsync(transaction, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await (_presence?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (_rehearsal?.DisposeAsync() ?? ValueTask.CompletedTask);
            _beats.Dispose();
            await _listener.DisposeAsync();
            await _connections.DisposeAsync();
            _opening.Dispose();
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        Require(_options);
        await Poolers.RequireSessionsAsync(_connections.Sessions, cancellationToken);
        try
        {
            var schema = new SchemaUpgrade(_connections.Sessions, _sql);
            await schema.UpgradeAsync(cancellationToken);
            await schema.SetViewsAsync(_options.Views, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw Failures.Explain(exception, _connections.Source);
        }

        _memory.Ids.Expect(await _connections.ReadAsync(transaction => transaction.Use(GreatestIdSql).FirstAsync(row => row.Id(0)), cancellationToken));
        await _listener.StartAsync(cancellationToken);
        Opened(Description, Pool);
    }

    private static void Require(PostgresStoreOptions options)
    {
        if (options.DataSource is null && options.MaxConnections < options.FewestConnections)
        {
            throw new StoreUnavailableException(
                $"MaxConnections ({options.MaxConnections}) must be {options.FewestConnections} at least on PostgreSQL: a node keeps one that listens and one for its heartbeat, and its calls need some. "
                + "Raise it (DATABASE_MAX_CONNECTIONS).");
        }
    }

    private Task<T> WriteAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken) => Ready.WriteAsync(work, cancellationToken);

    private Task<T> ReadAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken) => Ready.ReadAsync(work, cancellationToken);

    private Connections Ready
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _isOpen ? _connections : throw new InvalidOperationException("The PostgreSQL store is not open yet; call UpgradeSchemaAsync first.");
        }
    }

    private void Tell(StoreSignal near, StoreSignal far)
    {
        _notifier.Tell(far);
        Hear(near);
    }

    private void HearFar(StoreSignal signal)
    {
        _memory.Frontier.Hear();
        Hear(signal);
    }

    private void Hear(StoreSignal signal)
    {
        _rest.Hear(signal);
        if (signal.HasFlag(StoreSignal.Nodes))
        {
            _presence?.Look();
        }

        try
        {
            if (signal != StoreSignal.None)
            {
                Signalled?.Invoke(signal);
            }
        }
        catch (Exception exception)
        {
            ListenerFailed(exception);
        }
    }

    private string Pool => (_connections.IsOwned, _connections.Direct is not null) switch
    {
        (false, _) => "the connections of the host's own data source",
        (true, false) => $"at most {_options.MaxConnections} connections of its own",
        _ => $"at most {_options.MaxConnections} connections of its own through the pooler, and up to {DataSources.MostDirect} to the server itself",
    };

    [LoggerMessage(2100, LogLevel.Information, "Opened {Store}, with {Pool}.")]
    private partial void Opened(string store, string pool);

    [LoggerMessage(2101, LogLevel.Error, "A listener of the PostgreSQL store's signals failed; signals are hints, so nothing is lost.")]
    private partial void ListenerFailed(Exception exception);
}
