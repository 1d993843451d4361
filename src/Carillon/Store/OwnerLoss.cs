namespace Carillon.Store;

/// <summary>When the loss of its node tells against a job; the same for every store.</summary>
internal static class OwnerLoss
{
    /// <summary>At so many losses in a row a job is kept from running.</summary>
    public const int UntilPoison = 3;

    /// <summary>The error of a job that is kept from running.</summary>
    public static string Poison(Job job) =>
        $"{job.OwnerLosses} nodes in a row were lost while they had this job, {job.Node} the last; it is kept from taking a further one down. Find out what it does to its process, then retry it.";
}
