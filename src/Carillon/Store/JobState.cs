namespace Carillon.Store;

/// <summary>
/// Where a job stands. "Scheduled" and "retrying" are <see cref="Pending"/> with a later <see cref="Job.RunAt"/>:
/// nothing moves a job from one waiting state to another.
/// </summary>
public enum JobState
{
    /// <summary>Runs as soon as it is due and the limits allow.</summary>
    Pending,

    /// <summary>A node holds the claim and runs it.</summary>
    Running,

    /// <summary>Waits for other jobs to end (or, later, for a signal); has no instant at which it is due.</summary>
    Waiting,

    /// <summary>Ended: the handler returned.</summary>
    Succeeded,

    /// <summary>Ended: attempts used up, an error that must not be retried, or quarantined as poison. Kept for a person to look at.</summary>
    Dead,

    /// <summary>Ended: cancelled by a person, by expiry, by an overlap rule or because a job it waited for failed.</summary>
    Cancelled,
}
