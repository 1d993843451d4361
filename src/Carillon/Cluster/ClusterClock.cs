using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Cluster;

/// <summary>
/// Cluster time. Where the store has a clock, that is the clock: it is looked at with each heartbeat, and the machine's wall clock changes
/// nothing. Where it has none the machine's wall clock is the clock, but it is only read to notice a step. Between readings time is
/// counted by the monotonic clock, so that it runs evenly, and a correction of milliseconds is followed without ever running backwards.
/// A difference of more than <see cref="StepThreshold"/> is a step of the clock that counts: it is reported, and followed.
/// </summary>
internal sealed partial class ClusterClock : TimeProvider
{
    public static readonly TimeSpan StepThreshold = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _machine;
    private readonly ILogger<ClusterClock> _logger;
    private readonly ClockFilter _filter;
    private readonly Lock _lock = new();
    private DateTimeOffset _anchor;
    private long _anchorTimestamp;
    private long _lastTicks;
    private bool _isOfStore;
    private bool _isOffsetTold;

    public ClusterClock(TimeProvider machine, ILogger<ClusterClock> logger)
    {
        (_machine, _logger, _filter) = (machine, logger, new ClockFilter(machine));
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

    /// <summary>Takes a look at the store's clock. From the first one on that is the clock.</summary>
    /// <returns>True when it had been stepped: whoever waits for an instant must look again.</returns>
    public bool Observe(StoreTime look)
    {
        TimeSpan step;
        lock (_lock)
        {
            var trusted = _filter.Add(look);
            step = Anchor(trusted.Now, trusted.Timestamp);
            if (!_isOfStore)
            {
                (_isOfStore, _lastTicks) = (true, 0);
                return true;
            }
        }

        if (step != TimeSpan.Zero)
        {
            LogStoreStepped(step);
        }

        return step != TimeSpan.Zero;
    }

    /// <summary>
    /// Compares with the machine's clock, and follows its corrections where the store has no clock. Called by the heartbeat each second;
    /// costs no statement.
    /// </summary>
    /// <returns>A step of the machine's clock, which is not followed yet: that is <see cref="Step"/>. Zero when there is none.</returns>
    public TimeSpan Follow()
    {
        lock (_lock)
        {
            var (now, timestamp) = (_machine.GetUtcNow(), _machine.GetTimestamp());
            if (!_isOfStore && StepTo(now, timestamp) is var step && step != TimeSpan.Zero)
            {
                return step;
            }

            if (!_isOfStore)
            {
                (_anchor, _anchorTimestamp) = (now, timestamp);
            }
        }

        Measure(Offset);
        return TimeSpan.Zero;
    }

    /// <summary>Follows a step of the machine's clock, and reports it.</summary>
    public void Step(TimeSpan step)
    {
        lock (_lock)
        {
            _anchor += step;
            _lastTicks = step > TimeSpan.Zero ? _lastTicks : 0;
        }

        Report(step);
    }

    // What it says from now on; the answer is the step, if it is one.
    private TimeSpan Anchor(DateTimeOffset now, long timestamp)
    {
        var step = StepTo(now, timestamp);
        (_anchor, _anchorTimestamp) = (now, timestamp);
        _lastTicks = step >= TimeSpan.Zero ? _lastTicks : 0;
        return step;
    }

    // Less than a step is a correction.
    private TimeSpan StepTo(DateTimeOffset now, long timestamp)
    {
        var difference = now - (_anchor + _machine.GetElapsedTime(_anchorTimestamp, timestamp));
        return difference.Duration() > StepThreshold ? difference : TimeSpan.Zero;
    }

    private void Measure(TimeSpan offset)
    {
        Telemetry.Telemetry.ClockOffset.Record(offset.TotalSeconds);
        if (offset.Duration() <= StepThreshold / 2)
        {
            _isOffsetTold = false;
        }
        else if (offset.Duration() > StepThreshold && !_isOffsetTold)
        {
            _isOffsetTold = true;
            LogOffset(Math.Round(-offset.TotalSeconds, 1));
        }
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

    [LoggerMessage(1203, LogLevel.Warning, "This machine's clock differs from the database's by {Offset} s. The cluster goes by the database's, so nothing is early, late or lost by it; let a time service keep this machine's")]
    private partial void LogOffset(double offset);

    [LoggerMessage(1204, LogLevel.Warning, "The database's clock stepped by {Step}, or this machine slept. It is the cluster's clock and is followed: instants passed over are handled once, none is repeated")]
    private partial void LogStoreStepped(TimeSpan step);
}
