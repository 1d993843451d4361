namespace Carillon.Store;

/// <summary>
/// How often jobs may begin: <paramref name="Count"/> in <paramref name="Per"/>, evenly spaced, and as many as <paramref name="Burst"/> at once after a
/// pause. In any span of time T no more than <paramref name="Burst"/> + T · Count / Per begin, over the whole cluster and by its clock; with a burst of
/// 1 never more than Count in any Per.
/// </summary>
/// <param name="Count">How many.</param>
/// <param name="Per">In which time.</param>
/// <param name="Burst">How many may begin at once where none began for a while; 1 spaces them evenly.</param>
public sealed record RateLimit(int Count, TimeSpan Per, int Burst = 1)
{
    // The generic cell rate algorithm (ITU-T I.371): a token bucket kept as one instant, the one at which it is full again. Nothing fills it,
    // and nothing is counted. Rounded up: rather a tick too slow than one start too many.
    internal TimeSpan Interval => new((Per.Ticks + Count - 1) / Count);

    /// <summary>When the next job may begin, of a bucket that is full again at <paramref name="fullAt"/>.</summary>
    internal DateTimeOffset NextStart(DateTimeOffset fullAt) => fullAt - (Interval * (Burst - 1));

    /// <summary>When the bucket is full again once a job begins at <paramref name="now"/>.</summary>
    internal DateTimeOffset Take(DateTimeOffset fullAt, DateTimeOffset now) => (fullAt > now ? fullAt : now) + Interval;
}
