using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Engine;

/// <summary>A running attempt of this node: how it is asked to stop, and what it logged.</summary>
internal sealed class Attempt(Job job, AttemptLog log) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();

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

        _ = _stop.CancelAsync();
    }

    public void Dispose() => _stop.Dispose();
}
