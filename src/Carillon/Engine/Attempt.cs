using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>A running attempt of this node: how it is asked to stop, and what it logged.</summary>
internal sealed partial class Attempt(Job job, AttemptLog log, Launch launch) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private JobContext? _context;
    private bool _isOver;

    public Job Job { get; } = job;

    public AttemptLog Log { get; } = log;

    /// <summary>Set once the handler is about to be called; one that was asked to stop before that is told so.</summary>
    public JobContext? Context
    {
        get => _context;
        set
        {
            lock (_lock)
            {
                _context = value;
                TellCause();
            }
        }
    }

    public StopCause Cause { get; private set; }

    public string CancelReason { get; private set; } = "user";

    public DateTimeOffset StartedAt { get; set; }

    public CancellationToken Token => _stop.Token;

    /// <summary>Asks it to stop; the first cause counts, but a lost claim outranks all.</summary>
    public void Stop(StopCause cause, string? reason = null)
    {
        lock (_lock)
        {
            if (Cause != StopCause.None && cause != StopCause.ClaimLost)
            {
                return;
            }

            (Cause, CancelReason) = (cause, reason ?? CancelReason);
            TellCause();
        }

        // Not on the caller's thread: a handler's callbacks must not hold up the heartbeat.
        launch(Cancel);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _stop.Dispose();
        }
    }

    private void TellCause()
    {
        if (_context is not null)
        {
            _context.StopCause = Cause;
        }
    }

    private void Cancel()
    {
        try
        {
            lock (_lock)
            {
                if (_isOver)
                {
                    return;
                }
            }

            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in between: there is nothing left to stop.
        }
        catch (AggregateException error)
        {
            // Callbacks that the handler registered threw. Unhandled on a thread of the pool they would end the process.
            LogCallbackFailed(Log, error);
        }
    }

    [LoggerMessage(1021, LogLevel.Error, "A callback on the job's cancellation token failed")]
    private static partial void LogCallbackFailed(ILogger logger, Exception error);
}
