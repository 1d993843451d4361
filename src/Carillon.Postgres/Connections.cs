using System.Data;
using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>The bounded pool, and the one way to run a transaction on it: begun, committed, told; deadlocks, lost serialisations and what this process slept through are run again.</summary>
internal sealed class Connections(NpgsqlDataSource source, PostgresMemory memory, Sql sql, Action<StoreSignal, StoreSignal> tell) : IAsyncDisposable
{
    private const int MostTries = 8;
    private const string LimitIdleSql = $"set local {DataSources.IdleLimit}";
    private readonly Chance _chance = new();
    private int _used;

    /// <summary>False where the data source belongs to the host.</summary>
    public bool IsOwned { get; init; }

    /// <summary>Who tells the other processes.</summary>
    public Notifier? Notifier { get; set; }

    public NpgsqlDataSource Source => source;

    /// <summary>The server itself, where <see cref="Source"/> leads through a pooler that keeps no sessions.</summary>
    public NpgsqlDataSource? Direct { get; init; }

    /// <summary>For connections that need a session of their own.</summary>
    public NpgsqlDataSource Sessions => Direct ?? source;

    /// <summary>How many are in use at this moment, of both pools.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>How many there may be of both pools together.</summary>
    public int Most => DataSources.MostOf(source) + (Direct is null ? 0 : DataSources.MostOf(Direct));

    public PostgresMemory Memory => memory;

    public Sql Sql => sql;

    public Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(Counted(source), cancellationToken);

    public Task<NpgsqlConnection> OpenSessionAsync(CancellationToken cancellationToken) => OpenAsync(Counted(Sessions), cancellationToken);

    /// <summary>The same, blocking the calling thread and needing no other.</summary>
    public NpgsqlConnection OpenSession()
    {
        var connection = Counted(Sessions);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a transaction that changes something. May run the work several times; only the last one counts.</summary>
    public Task<T> WriteAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken) =>
        RepeatAsync(() => CommitAsync(work, cancellationToken), cancellationToken);

    /// <summary>Runs work of a single statement, which is a transaction by itself: one round trip.</summary>
    public Task<T> RunAloneAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken) => RepeatAsync(
        async () =>
        {
            await using var connection = await OpenAsync(cancellationToken);
            var transaction = new Transaction(connection, memory, sql, cancellationToken, Notifier);
            var result = await work(transaction);
            Know(transaction);
            return result;
        },
        cancellationToken);

    /// <summary>Does the work so many times on one connection, and takes it back each time.</summary>
    public async Task RehearseAsync(Func<Transaction, Task> work, int times, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        for (var i = 0; i < times; i++)
        {
            await using var begun = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            var transaction = new Transaction(connection, memory, sql, cancellationToken);
            await LimitIdleAsync(transaction);
            await work(transaction);
            await begun.RollbackAsync(cancellationToken);
        }
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await work();
            }
            catch (PostgresException exception) when (tries < MostTries && IsPassing(exception))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(_chance.NextDouble() * 5 * (1 << Math.Min(tries, 6))), TimeProvider.System, cancellationToken);
            }
            catch (NpgsqlException exception)
            {
                throw Failures.Explain(exception, source);
            }
        }
    }

    /// <summary>Reads from one snapshot.</summary>
    public Task<T> ReadAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken) => RepeatAsync(
        async () =>
        {
            await using var connection = await OpenAsync(cancellationToken);
            await using var begun = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var result = await work(new Transaction(connection, memory, sql, cancellationToken));
            await begun.CommitAsync(cancellationToken);
            return result;
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await (Direct?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (IsOwned ? source.DisposeAsync() : ValueTask.CompletedTask);
    }

    private async Task<T> CommitAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var begun = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var transaction = new Transaction(connection, memory, sql, cancellationToken);
        await LimitIdleAsync(transaction);
        var result = await work(transaction);

        // Not cancelled half-way: whether it is durable would not be known.
        await begun.CommitAsync(CancellationToken.None);
        Know(transaction);
        return result;
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // A session of the host's, or one that a pooler shares out, is not ours to set: there each transaction says it for itself.
    private Task LimitIdleAsync(Transaction transaction) => IsOwned && Direct is null ? Task.CompletedTask : transaction.Use(LimitIdleSql).RunAsync();

    // Counted here, for the pool keeps its figures to itself and may be the host's, where others use it too.
    private NpgsqlConnection Counted(NpgsqlDataSource pool)
    {
        var connection = pool.CreateConnection();
        connection.StateChange += OnStateChange;
        return connection;
    }

    private void OnStateChange(object sender, StateChangeEventArgs change) => _ = (change.OriginalState, change.CurrentState) switch
    {
        (_, ConnectionState.Open) => Interlocked.Increment(ref _used),
        (ConnectionState.Open, _) => Interlocked.Decrement(ref _used),
        _ => 0,
    };

    // It is committed.
    private void Know(Transaction transaction)
    {
        foreach (var (lane, id) in transaction.NewLanes)
        {
            memory.Lanes[lane] = id;
        }

        tell(transaction.Signal, transaction.FarSignal);
    }

    // The last one: this process stood still in the middle of the transaction, which is undone.
    private static bool IsPassing(PostgresException exception) => exception.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
        or PostgresErrorCodes.UniqueViolation or Failures.StoodStill;
}
