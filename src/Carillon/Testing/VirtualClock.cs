namespace Carillon.Testing;

/// <summary>Time that moves only when told to; timers end on the thread that moves it, in the order of their instants.</summary>
public sealed class VirtualClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<VirtualTimer> _timers = [];
    private DateTimeOffset _now;
    private long _elapsedTicks;

    /// <summary>Starts at the instant; noon of 1 January 2027 UTC by default.</summary>
    public VirtualClock(DateTimeOffset? start = null) => _now = start ?? new DateTimeOffset(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Told when a timer has been set.</summary>
    internal event Action? TimerSet;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the next timer ends; null when none is set.</summary>
    public DateTimeOffset? NextTimerAt
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count == 0 ? null : _now + TimeSpan.FromTicks(_timers.Min(timer => timer.DueTicks) - _elapsedTicks);
            }
        }
    }

    /// <summary>Says for whom a timer is made.</summary>
    internal Func<object?> Owner { get; set; } = static () => null;

    /// <summary>True when a timer of the owner is set that somebody waits for; one that only limits (a token source's) is none.</summary>
    internal bool HasWait(object owner)
    {
        lock (_lock)
        {
            return _timers.Exists(timer => timer.State is not CancellationTokenSource && owner.Equals(timer.Owner));
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _elapsedTicks;
        }
    }

    /// <summary>Moves time on, ending each timer at its own instant.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = GetTimestamp() + by.Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.End();
        }

        MoveTo(target);
    }

    /// <summary>Steps the wall clock alone, as a person or NTP would; the monotonic clock and timers do not move.</summary>
    public void Step(TimeSpan by)
    {
        lock (_lock)
        {
            _now += by;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state, Owner());
        timer.Change(dueTime, period);
        return timer;
    }

    private VirtualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            var timer = _timers.Where(timer => timer.DueTicks <= target).MinBy(timer => timer.DueTicks);
            if (timer is not null)
            {
                _timers.Remove(timer);
                MoveTo(Math.Max(timer.DueTicks, _elapsedTicks));
            }

            return timer;
        }
    }

    private void MoveTo(long ticks)
    {
        lock (_lock)
        {
            _now += TimeSpan.FromTicks(ticks - _elapsedTicks);
            _elapsedTicks = ticks;
        }
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state, object? owner) : ITimer
    {
        private TimeSpan _period;
        private bool _isDisposed;

        public long DueTicks { get; private set; }

        public object? State => state;

        public object? Owner => owner;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                if (_isDisposed)
                {
                    return false;
                }

                clock._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueTicks = clock._elapsedTicks + dueTime.Ticks;
                    clock._timers.Add(this);
                }
            }

            clock.TimerSet?.Invoke();
            return true;
        }

        public void End()
        {
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            callback(state);
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                _isDisposed = true;
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
