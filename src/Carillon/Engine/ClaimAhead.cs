namespace Carillon.Engine;

/// <summary>
/// How many jobs to claim beyond the free slots: what the slots will end within <see cref="Window"/> at the rate they end them now. By
/// Little's law a job claimed ahead then waits about that long, whatever the handlers do; long jobs are not claimed ahead at all.
/// </summary>
internal sealed class ClaimAhead(TimeProvider clock)
{
    private const int Most = 1_000;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);
    private long _since = clock.GetTimestamp();
    private long _ended;

    /// <summary>The number now, given how many attempts have ended since the start.</summary>
    public int Next(long ended)
    {
        var elapsed = clock.GetElapsedTime(_since);
        if (elapsed >= Window / 4)
        {
            var inWindow = elapsed > LongestPause ? 0 : (ended - _ended) * (Window / elapsed);
            (_since, _ended, Number) = (clock.GetTimestamp(), ended, (int)Math.Min(Most, inWindow));
        }

        return Number;
    }

    private int Number { get; set; }
}
