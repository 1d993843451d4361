namespace Carillon.Store;

/// <summary>How the pause before the next attempt grows.</summary>
public enum Backoff
{
    /// <summary>The base, times the factor for each further failure.</summary>
    Exponential,

    /// <summary>Always the base.</summary>
    Fixed,

    /// <summary>The pauses of <see cref="RetryPolicy.Delays"/>, the last one again and again.</summary>
    Explicit,
}

/// <summary>When a failed job runs again. It stands beside the records, not in Jobs, because a job carries its own.</summary>
public sealed record RetryPolicy
{
    /// <summary>5 attempts in all; 5 s, 15 s, 45 s, 2 min 15 s between them, ±20 %.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>Attempts in all, the first included.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>How the pause grows.</summary>
    public Backoff Backoff { get; init; } = Backoff.Exponential;

    /// <summary>The first pause.</summary>
    public TimeSpan Base { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What an exponential pause is multiplied by each time.</summary>
    public double Factor { get; init; } = 3;

    /// <summary>No pause is longer, before jitter.</summary>
    public TimeSpan Cap { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A pause is moved at random by up to this share of itself, either way.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>The pauses of an explicit policy.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; init; } = [];

    /// <summary>Retry, or dead when the attempts are used up.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="now">Cluster time.</param>
    /// <param name="chance">0 to 1, where in the jitter's range the pause falls.</param>
    public Outcome Decide(int attempt, string error, DateTimeOffset now, double chance) =>
        attempt >= Attempts ? new Outcome.Dead("attempts", error) : new Outcome.Retry(now + Delay(attempt, chance), error);

    /// <summary>The pause after the given failed attempt.</summary>
    public TimeSpan Delay(int attempt, double chance)
    {
        var pause = Backoff switch
        {
            Backoff.Explicit when Delays.Count > 0 => Delays[Math.Min(attempt, Delays.Count) - 1],
            Backoff.Exponential => Grown(attempt),
            _ => Base,
        };
        var capped = Backoff == Backoff.Explicit || pause < Cap ? pause : Cap;
        return capped * (1 + (Jitter * ((2 * chance) - 1)));
    }

    // In doubles, and capped before the conversion: 5 s × 3^40 does not fit a TimeSpan.
    private TimeSpan Grown(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(Cap.TotalSeconds, Base.TotalSeconds * Math.Pow(Factor, attempt - 1)));

    /// <inheritdoc/>
    public bool Equals(RetryPolicy? other) =>
        other is not null && (Attempts, Backoff, Base, Factor, Cap, Jitter) == (other.Attempts, other.Backoff, other.Base, other.Factor, other.Cap, other.Jitter)
        && Delays.SequenceEqual(other.Delays);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Attempts, Backoff, Base, Factor, Cap, Jitter, Delays.Count);
}
