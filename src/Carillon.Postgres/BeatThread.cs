using System.Collections.Concurrent;
using System.Data;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// Sends the heartbeat's statement from a thread of its own, over a connection of its own, by blocking calls. What is asynchronous goes on
/// on the thread pool, and a claim's ends compete for connections: handlers that block every thread of the pool, or a busy store, must not
/// cost a node its lease.
/// </summary>
internal sealed class BeatThread(Connections connections) : IDisposable
{
    private readonly BlockingCollection<Action> _asked = [];
    private readonly Lock _starting = new();
    private Thread? _thread;
    private KeptSession? _session;

    /// <summary>Runs a statement that may be repeated; it takes no longer than the limit, or fails.</summary>
    public Task<T> RunAsync<T>(Func<KeptSession, T> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        lock (_starting)
        {
            _thread ??= Start();
        }

        // Who has a context is told through it, at once; anybody else goes on on the pool, never here.
        var answer = new TaskCompletionSource<T>(SynchronizationContext.Current is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
        _asked.Add(() => Answer(answer, work, limit), cancellationToken);
        return answer.Task.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _asked.CompleteAdding();
        _thread?.Join();
        _session?.Dispose();
        _asked.Dispose();
    }

    private Thread Start()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "carillon beat", Priority = ThreadPriority.AboveNormal };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        foreach (var asked in _asked.GetConsumingEnumerable())
        {
            asked();
        }
    }

    private void Answer<T>(TaskCompletionSource<T> answer, Func<KeptSession, T> work, TimeSpan limit)
    {
        try
        {
            answer.TrySetResult(Send(work, limit));
        }
        catch (NpgsqlException exception)
        {
            answer.TrySetException(Failures.Explain(exception, connections.Source));
        }
        catch (Exception exception)
        {
            answer.TrySetException(exception);
        }
    }

    // A connection that broke while it was idle says so at its next use: once more, on a new one.
    private T Send<T>(Func<KeptSession, T> work, TimeSpan limit)
    {
        var isOld = _session is not null;
        try
        {
            return work(Session(limit));
        }
        catch (NpgsqlException exception) when (isOld && exception is not PostgresException && exception.InnerException is not TimeoutException)
        {
            return work(Session(limit));
        }
    }

    private KeptSession Session(TimeSpan limit)
    {
        if (_session is not null && _session.Connection.State != ConnectionState.Open)
        {
            _session.Dispose();
            _session = null;
        }

        _session ??= KeptSession.Open(connections);
        _session.Limit = limit;
        return _session;
    }
}
