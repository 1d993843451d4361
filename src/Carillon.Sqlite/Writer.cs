using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Sqlite;

/// <summary>
/// The thread that owns the writing connection. Callers queue operations; it takes all that are queued into one transaction, commits
/// it once, and lets them all go on: the more callers, the fewer commits each of them costs.
/// </summary>
internal sealed partial class Writer : IDisposable
{
    private const int LargestBatch = 4096;
    private readonly Transaction _transaction;
    private readonly Action<StoreSignal> _tell;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private Queue<Work> _queue = new();
    private Queue<Work> _spare = new();
    private bool _isClosed;

    public Writer(Transaction transaction, Action<StoreSignal> tell, ILogger logger)
    {
        (_transaction, _tell, _logger) = (transaction, tell, logger);
        _thread = new Thread(Turn) { Name = "carillon sqlite writer", IsBackground = true };
        _thread.Start();
    }

    public Task<T> RunAsync<T>(Func<Transaction, T> operation, CancellationToken cancellationToken)
    {
        var work = new Work<T>(operation, cancellationToken);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteStore));
            _queue.Enqueue(work);
            Monitor.Pulse(_gate);
        }

        return work.Task;
    }

    /// <summary>What is queued is still done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Turn()
    {
        var batch = new List<Work>();
        while (TakeAll() is { } taken)
        {
            while (taken.Count > 0)
            {
                while (batch.Count < LargestBatch && taken.TryDequeue(out var work))
                {
                    batch.Add(work);
                }

                batch.RemoveAll(work => !work.TryBegin());
                RunTogether(batch);
                batch.Clear();
            }
        }
    }

    private Queue<Work>? TakeAll()
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_isClosed)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            (_queue, _spare) = (_spare, _queue);
            return _spare;
        }
    }

    private void RunTogether(List<Work> batch)
    {
        if (TryCommit(batch, out var exception))
        {
            return;
        }

        // One of them failed and took the others with it: each again by itself, so that only the guilty one fails.
        foreach (var work in batch)
        {
            if (batch.Count == 1 || !TryCommit([work], out exception))
            {
                work.Fail(exception!);
            }
        }
    }

    private bool TryCommit(List<Work> batch, out Exception? exception)
    {
        try
        {
            _transaction.Open();
            batch.ForEach(work => work.Run(_transaction));
            _transaction.Commit();
            exception = null;
        }
        catch (Exception caught)
        {
            exception = TakeBack(caught);
            return false;
        }

        Tell();
        batch.ForEach(work => work.Succeed());
        return true;
    }

    private Exception TakeBack(Exception caught)
    {
        try
        {
            _transaction.RollBack();
            return caught;
        }
        catch (Exception exception)
        {
            // The next operation begins with the rollback that is still owed, and fails if that does.
            RollBackFailed(exception);
            return caught;
        }
    }

    private void Tell()
    {
        try
        {
            if (_transaction.Signal != StoreSignal.None)
            {
                _tell(_transaction.Signal);
            }
        }
        catch (Exception exception)
        {
            ListenerFailed(exception);
        }
    }

    [LoggerMessage(2000, LogLevel.Error, "A transaction of the SQLite store could not be rolled back; it is tried again before the next one. Check the disk.")]
    private partial void RollBackFailed(Exception exception);

    [LoggerMessage(2001, LogLevel.Error, "A listener of the SQLite store's signals failed; signals are hints, so nothing is lost.")]
    private partial void ListenerFailed(Exception exception);
}
