using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Engine;

/// <summary>A running attempt of this node: how it is asked to stop, and what it logged.</summary>
internal sealed class Attempt(Job job, AttemptLog log, Launch launch) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private bool _isOver;

    public Job Job { get; } = job;

    public AttemptLog Log { get; } = log;

    public JobContext? Context { get; set; }

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
            if (Context is not null)
            {
                Context.StopCause = cause;
            }
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
    }
}
