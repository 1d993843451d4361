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
}
