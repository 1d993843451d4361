using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>
/// One claim: merges the heads of the lanes that the node may take from, by rank. Lanes that are closed (a paused queue, a limit) or
/// have nothing due are passed over without a statement, and no job whose key is busy is met twice.
/// </summary>
internal sealed class Claiming(Transaction transaction, ClaimRequest request, DateTimeOffset now)
{
    // Jobs found with a busy key are parked; after so many the claim ends and says that there is more, so that none takes long.
    private const int MostParked = 2000;
    private readonly Board _board = transaction.Board;
    private readonly long _now = Instants.ToTicks(now);
    private readonly List<Job> _claimed = [];
    private readonly PriorityQueue<LaneCursor, (long Rank, Guid Id)> _cursors = new();
    private int _parked;
    private bool _isSlotWanted;

    public static ClaimBatch Claim(Transaction transaction, ClaimRequest request, DateTimeOffset now) =>
        transaction.Board.Leases.IsNodeHeld(request.Node, request.NodeToken, now)
            ? new Claiming(transaction, request, now).Run()
            : new ClaimBatch([], null, IsNodeLost: true);

    private ClaimBatch Run()
    {
        Expiring.Expire(transaction, ClaimRequest.MostExpired, now);
        foreach (var lane in _board.Lanes)
        {
            if (lane.HeadAt <= _now && IsOpen(lane))
            {
                _cursors.Enqueue(new LaneCursor(lane), (lane.RankAt(lane.HeadAt), Guid.Empty));
            }
        }

        var open = _cursors.Count;
        while (_claimed.Count < request.Limit && !_isSlotWanted && _parked < MostParked && _cursors.TryDequeue(out var cursor, out _))
        {
            Step(cursor, open);
        }

        return new ClaimBatch(_claimed, FindNextDueAt(), IsSlotWanted: _isSlotWanted);
    }

    /// <summary>The node has the handler and serves the queue, and no limit holds its jobs back.</summary>
    private bool IsOpen(Lane lane) =>
        request.Handlers.TryGetValue(lane.Handler, out var limit)
        && !(_board.CountRunningOf(lane.Handler) >= limit)
        && request.Queues?.Contains(lane.Queue) != false
        && !_board.IsQueueClosed(lane.Queue);

    // A cursor stands in the queue by its next job's rank, or before it is read by the least that rank can be.
    private void Step(LaneCursor cursor, int openLanes)
    {
        if (!IsOpen(cursor.Lane))
        {
            cursor.Close();
            return;
        }

        var isRead = cursor.Next is not null;
        if (!isRead && !cursor.TryRead(transaction, _now, Math.Max(((request.Limit - _claimed.Count) / openLanes) + 1, 4)))
        {
            return;
        }

        if (isRead || _cursors.Count == 0)
        {
            Take(cursor);
        }

        _cursors.Enqueue(cursor, cursor.Place);
    }

    private void Take(LaneCursor cursor)
    {
        // The claim ends at it, so that none behind it takes the next slot before it.
        if (MustWaitForSlot(cursor.Next!))
        {
            _isSlotWanted = true;
            return;
        }

        Take(cursor.TakeNext(), cursor.Lane);
    }

    private bool MustWaitForSlot(Job job) =>
        job.OwnerLosses > 0 && _claimed.Count >= request.Slots && !(job.ExpiresAt <= now) && !_board.IsBusy(job.ConcurrencyKey);

    private void Take(Job job, Lane lane)
    {
        if (job.ExpiresAt <= now)
        {
            JobEnds.End(transaction, job, JobState.Cancelled, "expired", now);
        }
        else if (_board.IsBusy(job.ConcurrencyKey))
        {
            JobTable.Park(transaction, job.Id, lane);
            _parked++;
        }
        else
        {
            var begun = job with { State = JobState.Running, Node = request.Node, Token = job.Token + 1, Attempt = job.Attempt + 1, StartedAt = now };
            JobTable.Begin(transaction, new RunningJob(begun, request.NodeToken));
            _claimed.Add(begun);
        }
    }

    private DateTimeOffset? FindNextDueAt()
    {
        while (_cursors.TryDequeue(out var cursor, out _))
        {
            cursor.Close();
        }

        var next = long.MaxValue;
        foreach (var lane in _board.Lanes)
        {
            if (lane.HeadAt < next && IsOpen(lane))
            {
                SettleHead(lane);
                next = Math.Min(next, lane.HeadAt);
            }
        }

        return next == long.MaxValue ? null : Instants.FromTicks(next);
    }

    // The first job that could be claimed, were it due. No statement while the last answer stands.
    private void SettleHead(Lane lane)
    {
        while (!lane.IsExact || _board.IsBusy(lane.HeadKey))
        {
            if (LaneTable.LoadHead(transaction, lane) is not { } head || !_board.IsBusy(lane.HeadKey) || _parked >= MostParked)
            {
                return;
            }

            JobTable.Park(transaction, head, lane);
            lane.SetBound(lane.HeadAt);
            _parked++;
        }
    }
}
