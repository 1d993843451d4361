using System.Collections.Concurrent;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Testing;

/// <summary>Knows of each running handler whether it waits on the clock: the outermost layer around all of them.</summary>
internal sealed class HandlerWatch
{
    private readonly VirtualClock _clock;
    private readonly AsyncLocal<Watched?> _current = new();
    private readonly ConcurrentDictionary<Watched, bool> _running = new();

    public HandlerWatch(VirtualClock clock)
    {
        _clock = clock;
        clock.Owner = () => _current.Value is { } handler ? (handler, handler.Cause) : null;
    }

    public async Task<Outcome?> RunAsync(JobContext context, JobDelegate next)
    {
        var handler = new Watched(context);
        _current.Value = handler;
        _running[handler] = true;
        try
        {
            return await next(context);
        }
        finally
        {
            _running.TryRemove(handler, out _);
        }
    }

    /// <summary>How many have a timer pending, or were set aside.</summary>
    public int CountWaiting() => _running.Keys.Count(IsWaiting);

    /// <summary>Those that do not wait on the clock are no longer waited for, until they are asked to stop.</summary>
    public void SetBusyAside()
    {
        foreach (var handler in _running.Keys)
        {
            handler.SetAsideUnder = handler.Cause;
        }
    }

    // A handler that has just been asked to stop is about to move, though the timer of its wait may still stand: only what it set since counts.
    private bool IsWaiting(Watched handler) => handler.SetAsideUnder == handler.Cause || _clock.HasWait((handler, handler.Cause));

    private sealed class Watched(JobContext context)
    {
        public StopCause Cause => context.StopCause;

        public StopCause? SetAsideUnder { get; set; }
    }
}
