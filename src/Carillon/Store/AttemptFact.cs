namespace Carillon.Store;

/// <summary>The data of an <see cref="JournalKinds.Attempt"/> entry: one attempt that did not succeed.</summary>
/// <param name="Attempt">Its number; an owner loss, a snooze and a release give the number back.</param>
/// <param name="Token">The claim's token: unique among the attempts of a job.</param>
/// <param name="Node">Who ran it.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="State"><c>retry</c>, <c>snoozed</c>, <c>dead</c>, <c>cancelled</c>, <c>owner lost</c>.</param>
/// <param name="Reason">Particulars of the end.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Handler">The job's handler.</param>
/// <param name="Schedule">The job's schedule.</param>
public sealed record AttemptFact(
    int Attempt, long Token, string? Node, DateTimeOffset? StartedAt, DateTimeOffset EndedAt,
    string State, string? Reason, string? Error, string Handler, string? Schedule)
{
    /// <summary>The fact of an attempt's end; null for a success, whose job row says it all.</summary>
    internal static AttemptFact? Of(Job job, Outcome outcome, DateTimeOffset? startedAt, DateTimeOffset endedAt) => outcome switch
    {
        Outcome.Retry retry => Make(job, startedAt, endedAt, "retry", null, retry.Error),
        Outcome.Snoozed => Make(job, startedAt, endedAt, "snoozed", null, null),
        Outcome.Dead dead => Make(job, startedAt, endedAt, "dead", dead.Reason, dead.Error),
        Outcome.Cancelled cancelled => Make(job, startedAt, endedAt, "cancelled", cancelled.Reason, null),
        _ => null,
    };

    /// <summary>The fact of a node's loss.</summary>
    internal static AttemptFact OwnerLost(Job job, DateTimeOffset endedAt) =>
        Make(job, job.StartedAt, endedAt, "owner lost", null, $"node {job.Node} was lost while it had this job");

    private static AttemptFact Make(Job job, DateTimeOffset? startedAt, DateTimeOffset endedAt, string state, string? reason, string? error) =>
        new(job.Attempt, job.Token, job.Node, startedAt, endedAt, state, reason, error, job.Handler, job.Schedule);
}
