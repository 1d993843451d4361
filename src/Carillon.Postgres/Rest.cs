using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>
/// What need not be asked while nothing happens: the last empty answers, until news arrive, their instant comes, or the heartbeat sees
/// that there is something after all (a lost notification). Without a heartbeat nothing rests.
/// </summary>
internal sealed class Rest
{
    private readonly Lock _lock = new();
    private Beat? _beat;
    private long _leaderToken;
    private (long Jobs, long Schedules) _news;
    private (ClaimRequest Request, ClaimBatch Batch)? _claim;
    private DueSchedules? _due;

    /// <summary>The token of the lease <c>leader</c> if this process took it; 0 if not.</summary>
    public long LeaderToken
    {
        get
        {
            lock (_lock)
            {
                return _leaderToken;
            }
        }
    }

    /// <summary>How much was heard so far; an answer is only kept if nothing came while it was asked for.</summary>
    public (long Jobs, long Schedules) News
    {
        get
        {
            lock (_lock)
            {
                return _news;
            }
        }
    }

    public void Hear(StoreSignal signal)
    {
        lock (_lock)
        {
            if (signal.HasFlag(StoreSignal.Jobs))
            {
                (_news.Jobs, _claim) = (_news.Jobs + 1, null);
            }

            // A lease may have ended that the last heartbeat saw.
            _beat = signal.HasFlag(StoreSignal.Nodes) ? null : _beat;
            if (signal.HasFlag(StoreSignal.Schedules))
            {
                (_news.Schedules, _due) = (_news.Schedules + 1, null);
            }
        }
    }

    public void Keep(Beat? beat)
    {
        lock (_lock)
        {
            _beat = beat;
        }
    }

    /// <summary>A lease changed hands here: what the heartbeat saw is out of date.</summary>
    public void Forget(string lease, long token)
    {
        lock (_lock)
        {
            (_beat, _leaderToken) = (null, lease == "leader" ? token : _leaderToken);
        }
    }

    public void Keep(ClaimRequest request, ClaimBatch batch, (long Jobs, long Schedules) news)
    {
        lock (_lock)
        {
            _claim = batch is { Jobs.Count: 0, IsNodeLost: false, IsSlotWanted: false } && news.Jobs == _news.Jobs ? (request, batch) : null;
        }
    }

    public void Keep(DueSchedules due, (long Jobs, long Schedules) news)
    {
        lock (_lock)
        {
            _due = due.Schedules.Count == 0 && news.Schedules == _news.Schedules ? due : null;
        }
    }

    public bool IsNoneLost(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _beat?.IsNoneLost(now) == true;
        }
    }

    /// <summary>The leader's lease went along with the node's just now.</summary>
    public bool IsLeaderRenewed(long token, TimeSpan duration, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _beat is { IsLeaderRenewed: true } beat && beat.IsSame(now) && token == _leaderToken && duration == beat.Duration;
        }
    }

    /// <summary>Another one leads, as the heartbeat saw just now.</summary>
    public bool IsLedByOther(string owner, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _beat is { Leader: { } leader } beat && beat.IsSame(now) && leader.Owner != owner && leader.Until > now;
        }
    }

    public ClaimBatch? FindClaim(ClaimRequest request, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _claim is { } last && _beat is { IsJobDue: false } beat && beat.IsFresh(now) && !(last.Batch.NextDueAt <= now) && IsSame(last.Request, request)
                ? last.Batch
                : null;
        }
    }

    public DueSchedules? FindDue(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _due is { } last && _beat is { IsScheduleDue: false } beat && beat.IsFresh(now) && !(last.NextAt <= now) ? last : null;
        }
    }

    private static bool IsSame(ClaimRequest one, ClaimRequest other) =>
        (one.Node, one.NodeToken) == (other.Node, other.NodeToken) && ReferenceEquals(one.Handlers, other.Handlers) && ReferenceEquals(one.Queues, other.Queues);
}
