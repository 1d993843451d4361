using System.Diagnostics;

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

    /// <summary>
    /// The handler has completed the job in a transaction of its own, and whether that was committed is yet to be seen: this end is for the case
    /// that it was not.
    /// </summary>
    public bool IsInDoubt { get; init; }

    /// <summary>What the handler last reported.</summary>
    public double? Progress { get; init; }

    /// <summary>How long the handler wants its ended jobs kept; null for as long as the host keeps them.</summary>
    public TimeSpan? KeepFor { get; init; }

    /// <summary>Log lines and other facts of the attempt, written with its end.</summary>
    public IReadOnlyList<JournalEntry> Facts { get; init; } = [];

    /// <summary>What it makes of the job as it stands; the same for every store. Its state and reason say whether it has ended.</summary>
    public FinishEffect On(Job before)
    {
        var job = before with { StartedAt = StartedAt, Progress = Progress ?? before.Progress };
        var outcome = Heed(before);
        var after = After(job, outcome);
        return new FinishEffect(after.IsEnded ? after with { KeepFor = KeepFor } : after, AttemptFact.Of(job, outcome, StartedAt, EndedAt), outcome is Outcome.Succeeded { Then: var then } ? then : []);
    }

    // An attempt that was asked to stop is not begun again.
    private Outcome Heed(Job before) =>
        before.CancelReason is { } reason && Outcome is (Outcome.Retry or Outcome.Snoozed) ? new Outcome.Cancelled(reason) : Outcome;

    // An attempt that came to an end of its own clears the owner losses for the next one; a job that ends for good keeps what it lost, to be seen.
    private Job After(Job job, Outcome outcome) => outcome switch
    {
        Outcome.Succeeded succeeded => job with { State = JobState.Succeeded, Reason = null, Result = succeeded.Result, Error = null },
        Outcome.Retry retry => Again(job, retry.RunAt) with { Error = retry.Error },
        Outcome.Snoozed snoozed => Again(job, snoozed.RunAt) with { Attempt = job.Attempt - 1 },
        Outcome.Dead dead => job with { State = JobState.Dead, Reason = dead.Reason, Error = dead.Error },
        Outcome.Cancelled cancelled => job with { State = JobState.Cancelled, Reason = cancelled.Reason },
        _ => throw new UnreachableException($"{outcome.GetType().Name} is no known end of an attempt."),
    };

    private Job Again(Job job, DateTimeOffset runAt) =>
        job with { State = JobState.Pending, RunAt = runAt, IsDelayed = true, OwnerLosses = IsReleased ? job.OwnerLosses : 0 };
}

/// <summary>What the end of an attempt makes of its job.</summary>
/// <param name="Job">The job afterwards.</param>
/// <param name="Fact">The attempt, for the journal; null for a success, whose job row says it all.</param>
/// <param name="Then">Jobs to make with it.</param>
internal readonly record struct FinishEffect(Job Job, AttemptFact? Fact, IReadOnlyList<NewJob> Then);
