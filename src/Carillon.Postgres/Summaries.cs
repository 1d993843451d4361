using System.Diagnostics;
using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>
/// The last summary, where counting is dear: with many live jobs it is counted anew only so often that it costs at most a hundredth of
/// the time, however often it is asked for. With few it is always as of now.
/// </summary>
internal sealed class Summaries
{
    private const int Many = 10_000;
    private const int Share = 100;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private Summary? _last;
    private long _countedAt;
    private TimeSpan _pause;

    /// <summary>Null where it must be counted.</summary>
    public Summary? Last
    {
        get
        {
            lock (_lock)
            {
                return Stopwatch.GetElapsedTime(_countedAt) < _pause ? _last : null;
            }
        }
    }

    public Summary Keep(Summary summary, TimeSpan elapsed)
    {
        lock (_lock)
        {
            var isDear = summary.Counts.Sum(count => count.Count) >= Many;
            (_last, _countedAt) = (isDear ? summary : null, Stopwatch.GetTimestamp());
            _pause = isDear ? TimeSpan.FromTicks(Math.Min(elapsed.Ticks * Share, Longest.Ticks)) : TimeSpan.Zero;
            return summary;
        }
    }
}
