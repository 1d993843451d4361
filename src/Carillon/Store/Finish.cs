namespace Carillon.Store;

/// <summary>The end of one attempt.</summary>
/// <param name="Job">The claimed job: its id and token are the fence.</param>
/// <param name="Outcome">How it ended.</param>
internal sealed record Finish(Job Job, Outcome Outcome)
{
    /// <summary>When the handler returned.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>When the handler was called; the claim's instant is somewhat earlier.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The node gave the job back because it stops. That says nothing of the job: its owner losses stand, as they do not after an end of its own.</summary>
    public bool IsReleased { get; init; }

    /// <summary>What the handler last reported.</summary>
    public double? Progress { get; init; }

    /// <summary>Log lines and other facts of the attempt, written with its end.</summary>
    public IReadOnlyList<JournalEntry> Facts { get; init; } = [];

    /// <summary>The job's owner losses once this is written: an attempt that came to an end of its own clears them for the next one; a job that ends for good keeps what it lost, to be seen.</summary>
    public int LossesAfter(Job before, Outcome outcome) => !IsReleased && outcome is (Outcome.Retry or Outcome.Snoozed) ? 0 : before.OwnerLosses;
}
