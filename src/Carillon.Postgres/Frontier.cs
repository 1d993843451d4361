using System.Diagnostics;
using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>
/// Up to which rank this process's claims have emptied the lanes. The entries of ended jobs stay in the claim's index until the next
/// vacuum, and each look from its beginning steps over all of them: 1.3 ms for 300,000. So a busy process begins where its last claim
/// ended, and looks from the beginning only now and then, for what came back below (a retry given back, a late commit).
/// </summary>
internal sealed class Frontier
{
    /// <summary>What a claim of at least this size brings in full is a flood: more of the same stands behind it.</summary>
    public const int Flood = 100;

    // Fewer ended jobs than that are stepped over at no cost that counts.
    private const int Many = 5_000;

    // Half of the range, so that the minutes of a priority can be added.
    public const long Beginning = long.MinValue / 2;

    // A look from the beginning costs at most a thirtieth of the time.
    private const int Share = 30;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private bool _isKeyed;
    private long _claimed;
    private long _rank = Beginning;
    private long _lookedAt;
    private TimeSpan _pause = ShortestPause;

    /// <summary>The last claim was a large one and brought all it asked for.</summary>
    public bool IsFlooded { get; private set; }

    /// <summary>The least rank that the next claim looks at.</summary>
    public long Since
    {
        get
        {
            lock (_lock)
            {
                return _claimed < Many || Stopwatch.GetElapsedTime(_lookedAt) >= _pause ? Beginning : _rank;
            }
        }
    }

    /// <summary>A claim that looked since that rank brought these jobs, best rank first.</summary>
    public void Advance(IReadOnlyList<Job> jobs, int limit, long since, TimeSpan elapsed)
    {
        lock (_lock)
        {
            _claimed += jobs.Count;
            IsFlooded = jobs.Count >= Math.Max(Flood, limit);

            _isKeyed = jobs.Count == 0 ? _isKeyed : jobs.Any(job => job.ConcurrencyKey is not null);
            _rank = jobs.Count == 0 ? _rank : Claiming.RankOf(jobs[^1]);
            if (since == Beginning)
            {
                _lookedAt = Stopwatch.GetTimestamp();
                _pause = TimeSpan.FromTicks(Math.Clamp(elapsed.Ticks * Share, ShortestPause.Ticks, LongestPause.Ticks));
            }
        }
    }

    /// <summary>Jobs of a key that is free again are back where they stood: the beginning is where to look.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _rank = Beginning;
        }
    }

    /// <summary>Another process has news: of jobs of a key, perhaps.</summary>
    public void Hear()
    {
        lock (_lock)
        {
            _rank = _isKeyed ? Beginning : _rank;
        }
    }

    /// <summary>After a claim since that rank which was not full: when to look from the beginning; null where it just did.</summary>
    public TimeSpan? LookAgainIn(long since)
    {
        lock (_lock)
        {
            return since == Beginning ? null : _pause;
        }
    }
}
