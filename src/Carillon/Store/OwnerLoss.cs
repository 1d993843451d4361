namespace Carillon.Store;

/// <summary>What becomes of a claimed job that its node lost or never knew of; the same for every store. State and reason say whether it has ended.</summary>
internal static class OwnerLoss
{
    private const int UntilPoison = 3;

    /// <summary>The node is gone: the attempt does not count, and at the third loss in a row the job is kept from running.</summary>
    public static Job Lost(Job job, DateTimeOffset now)
    {
        var lost = job with { Attempt = job.Attempt - 1, OwnerLosses = job.OwnerLosses + 1 };
        return job.CancelReason is not null ? Cancelled(lost)
            : lost.OwnerLosses >= UntilPoison ? lost with { State = JobState.Dead, Reason = "poison", Error = Poison(lost) }
            // At once, also when the clock was set back behind RunAt in the meantime.
            : lost with { State = JobState.Pending, RunAt = lost.RunAt < now ? lost.RunAt : now };
    }

    /// <summary>The node does not know of the claim: it is as if it had never been.</summary>
    public static Job Returned(Job job)
    {
        var returned = job with { Attempt = job.Attempt - 1 };
        return job.CancelReason is not null ? Cancelled(returned) : returned with { State = JobState.Pending };
    }

    private static Job Cancelled(Job job) => job with { State = JobState.Cancelled, Reason = job.CancelReason };

    private static string Poison(Job job) =>
        $"{job.OwnerLosses} nodes in a row were lost while they had this job, {job.Node} the last; it is kept from taking a further one down. Find out what it does to its process, then retry it.";
}
