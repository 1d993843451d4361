using Microsoft.Extensions.Logging;

namespace Carillon.Cluster;

/// <summary>
/// Cluster time. Where the store has no clock of its own the machine's wall clock is the clock, but it is only read to notice a step:
/// between readings time is counted by the monotonic clock, so that it runs evenly and an NTP correction of milliseconds is followed
/// without ever running backwards. A difference of more than <see cref="StepThreshold"/> is a step: it is reported, and followed.
/// </summary>
internal sealed partial class ClusterClock : TimeProvider
{
    public static readonly TimeSpan StepThreshold = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _machine;
    private readonly ILogger<ClusterClock> _logger;
    private readonly Lock _lock = new();
    private DateTimeOffset _anchor;
    private long _anchorTimestamp;
    private long _lastTicks;

    public ClusterClock(TimeProvider machine, ILogger<ClusterClock> logger)
    {
        (_machine, _logger) = (machine, logger);
        (_anchor, _anchorTimestamp) = (machine.GetUtcNow(), machine.GetTimestamp());
    }

    /// <summary>How far cluster time is ahead of the machine's clock right now.</summary>
    public TimeSpan Offset => GetUtcNow() - _machine.GetUtcNow();

    public override long TimestampFrequency => _machine.TimestampFrequency;

    public override long GetTimestamp() => _machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _machine.CreateTimer(callback, state, dueTime, period);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var ticks = Math.Max(_lastTicks, Counted().Ticks);
            _lastTicks = ticks;
            return new DateTimeOffset(ticks, TimeSpan.Zero);
        }
    }

    /// <summary>Compares with the machine's clock and follows it. Called by the heartbeat each second; costs no statement.</summary>
    /// <returns>The step that was noticed; zero when there was none.</returns>
    public TimeSpan Follow()
    {
        TimeSpan step;
        lock (_lock)
        {
            var (now, timestamp) = (_machine.GetUtcNow(), _machine.GetTimestamp());
            step = now - (_anchor + _machine.GetElapsedTime(_anchorTimestamp, timestamp));
            (_anchor, _anchorTimestamp) = (now, timestamp);
            if (step.Duration() <= StepThreshold)
            {
                return TimeSpan.Zero;
            }

            _lastTicks = step > TimeSpan.Zero ? _lastTicks : 0;
        }

        Report(step);
        return step;
    }

    private void Report(TimeSpan step)
    {
        Telemetry.Telemetry.ClockSteps.Add(1);
        if (step < TimeSpan.Zero)
        {
            LogSteppedBack(-step);
        }
        else
        {
            LogSteppedForward(step);
        }
    }

    private DateTimeOffset Counted() => _anchor + _machine.GetElapsedTime(_anchorTimestamp);

    [LoggerMessage(1201, LogLevel.Warning, "The machine's clock stepped back by {Step}. No instant is repeated: schedules go on at their next new instant; delays and time-outs are not moved.")]
    private partial void LogSteppedBack(TimeSpan step);

    [LoggerMessage(1202, LogLevel.Warning, "The machine's clock stepped forward by {Step} (or the machine slept). Instants passed over are handled once, by each schedule's misfire rule; delays and time-outs are not moved.")]
    private partial void LogSteppedForward(TimeSpan step);
}
