using System.Collections.Concurrent;

namespace Carillon.AspNetCore.Access;

/// <summary>
/// A token bucket for each key. Kept by node: a cluster of n nodes grants n budgets, which is stated. The machine's user without a key has none,
/// so that tools that load in bulk are not slowed down.
/// </summary>
internal sealed class RateBudget(TimeProvider clock, int perSecond, int burst)
{
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public int Burst => burst;

    /// <summary>Zero when the call may pass; else how long until one may.</summary>
    public TimeSpan Take(string key)
    {
        var bucket = _buckets.GetOrAdd(key, _ => new Bucket(burst, clock.GetTimestamp()));
        lock (bucket)
        {
            var now = clock.GetTimestamp();
            bucket.Tokens = Math.Min(burst, bucket.Tokens + (clock.GetElapsedTime(bucket.Timestamp, now).TotalSeconds * perSecond));
            bucket.Timestamp = now;
            if (bucket.Tokens < 1)
            {
                return TimeSpan.FromSeconds((1 - bucket.Tokens) / perSecond);
            }

            bucket.Tokens--;
            return TimeSpan.Zero;
        }
    }

    private sealed class Bucket(double tokens, long timestamp)
    {
        public double Tokens { get; set; } = tokens;

        public long Timestamp { get; set; } = timestamp;
    }
}
