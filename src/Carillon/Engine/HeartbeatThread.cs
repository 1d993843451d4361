using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>
/// Runs the heartbeat on a thread of its own: handlers that block every thread of the pool must not cost the node its lease. What the
/// heartbeat awaits goes on here too (<see cref="ThreadContext"/>), not on the pool. While a beat hangs, the node's own deadline is watched.
/// </summary>
internal sealed partial class HeartbeatThread : IDisposable
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);
    private readonly IStep _step;
    private readonly Action _watch;
    private readonly TimeProvider _clock;
    private readonly ILogger<HeartbeatThread> _logger;
    private readonly AutoResetEvent _pulse = new(false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ThreadContext _context = new();
    private readonly RepeatedError _error;
    private readonly Thread _thread;

    public HeartbeatThread(IStep step, Action watch, TimeProvider clock, ILogger<HeartbeatThread> logger)
    {
        (_step, _watch, _clock, _logger) = (step, watch, clock, logger);
        _error = new RepeatedError(clock);
        _thread = new Thread(Run) { IsBackground = true, Name = "carillon heartbeat", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Pulse() => _pulse.Set();

    public void Dispose()
    {
        _stopping.Cancel();
        _pulse.Set();
        _thread.Join();
        _pulse.Dispose();
        _context.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(_context);
        while (!_stopping.IsCancellationRequested)
        {
            var rest = Beat();
            _pulse.WaitOne(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        }
    }

    private TimeSpan Beat()
    {
        try
        {
            var next = _context.Run(() => _step.RunOnceAsync(_stopping.Token), _watch);
            _error.Forget();
            return next is { } instant ? instant - _clock.GetUtcNow() : PauseAfterError;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception error)
        {
            if (_error.Tell(error) is { } reason)
            {
                LogFailed(error, reason);
            }

            return PauseAfterError;
        }
    }

    [LoggerMessage(1031, LogLevel.Error, "The heartbeat failed: {Reason}. It is tried again in a second")]
    private partial void LogFailed(Exception error, string reason);
}
