using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>
/// What a node's heartbeat brought besides: enough to answer, until the next one, what an idle node asks by way of precaution
/// without asking the database. It never says that there is nothing where this process knows of news.
/// </summary>
/// <param name="At">When.</param>
/// <param name="Duration">What the leases were prolonged by.</param>
/// <param name="Leader">Who leads; null for nobody.</param>
/// <param name="IsLeaderRenewed">The lease <c>leader</c> is this process's own and was prolonged along.</param>
/// <param name="FirstEndAt">When the first lease of the other nodes ends unless it is prolonged.</param>
/// <param name="IsAnyLost">A job runs under a lease that is gone.</param>
/// <param name="IsJobDue">A job stands to be claimed.</param>
/// <param name="IsScheduleDue">A schedule stands to be fired.</param>
/// <param name="Ring">Differs as soon as a node came or went.</param>
internal sealed record Beat(
    DateTimeOffset At, TimeSpan Duration, Lease? Leader, bool IsLeaderRenewed, DateTimeOffset? FirstEndAt, bool IsAnyLost, bool IsJobDue, bool IsScheduleDue, long Ring)
{
    // The default heartbeat comes every five seconds; a leader's answer is only taken from the very same one.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan SameBeat = TimeSpan.FromSeconds(1);

    public bool IsFresh(DateTimeOffset now) => now >= At && now - At < Freshness;

    public bool IsSame(DateTimeOffset now) => now >= At && now - At < SameBeat;

    /// <summary>No claim of a lost node can be there yet.</summary>
    public bool IsNoneLost(DateTimeOffset now) => IsFresh(now) && !IsAnyLost && !(FirstEndAt <= now);
}
