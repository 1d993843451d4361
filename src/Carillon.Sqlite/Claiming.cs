using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>
/// One claim: merges the heads of the lanes that the node may take from, by rank. Lanes that are closed (a paused queue, a limit) or
/// have nothing due are passed over without a statement, and no job whose key is busy is met twice.
/// </summary>
internal sealed class Claiming
{
    // Jobs found with a busy key are parked; after so many the claim ends and says that there is more, so that none takes long.
    private const int MostParked = 2000;
    private readonly Transaction _transaction;
    private readonly ClaimRequest _request;
    private readonly DateTimeOffset _now;
    private readonly Board _board;
    private readonly ClaimRates _rates;
    private readonly ClaimTurns _turns;
    private readonly List<Job> _claimed = [];
    private readonly PriorityQueue<LaneCursor, (long Rank, Guid Id)> _cursors = new();
    private int _openLanes;
    private int _parked;
    private bool _isSlotWanted;

    private Claiming(Transaction transaction, ClaimRequest request, DateTimeOffset now)
    {
        (_transaction, _request, _now, _board) = (transaction, request, now, transaction.Board);
        (_rates, _turns) = (new ClaimRates(transaction, now), new ClaimTurns(transaction.Board, TryFindJob));
    }

    public static ClaimBatch Claim(Transaction transaction, ClaimRequest request, DateTimeOffset now) =>
        transaction.Board.Leases.IsNodeHeld(request.Node, request.NodeToken, now)
            ? new Claiming(transaction, request, now).Run()
            : new ClaimBatch([], null, IsNodeLost: true);

    private long Now => Instants.ToTicks(_now);

    private ClaimBatch Run()
    {
        Expiring.Expire(_transaction, ClaimRequest.MostExpired, _now);
        foreach (var lane in _board.Lanes)
        {
            if (lane.HeadAt <= Now && MayTakeFrom(lane))
            {
                var cursor = new LaneCursor(lane);
                _cursors.Enqueue(cursor, cursor.Place);
                _turns.Add(cursor);
            }
        }

        _openLanes = _cursors.Count;
        while (_claimed.Count < _request.Limit && !_isSlotWanted && _parked < MostParked && _cursors.TryDequeue(out var cursor, out var place))
        {
            Step(cursor, place);
        }

        _rates.Save(_turns.Turned);
        return new ClaimBatch(_claimed, FindNextDueAt(), IsSlotWanted: _isSlotWanted);
    }

    private bool MayTakeFrom(Lane lane) => IsOpen(lane) && _rates.OpensAt(lane) <= Now;

    /// <summary>The node has the handler and serves the queue, and no limit holds its jobs back until another one ends.</summary>
    private bool IsOpen(Lane lane) =>
        _request.Handlers.TryGetValue(lane.Handler, out var limit)
        && !(_board.CountRunningOf(lane.Handler) >= limit)
        && _request.Queues?.Contains(lane.Queue) != false
        && !_board.IsQueueClosed(lane.Queue);

    // A cursor stands in the queue by its next job's rank, or before it is read by the least that rank can be; by an older place of its
    // own where another one's turn took from it.
    private void Step(LaneCursor cursor, (long Rank, Guid Id) place)
    {
        if (!MayTakeFrom(cursor.Lane))
        {
            cursor.Close();
            return;
        }

        var isRead = cursor.Next is not null;
        if (!isRead && !TryRead(cursor))
        {
            return;
        }

        if (_cursors.Count == 0 || (isRead && place == cursor.Place))
        {
            Take(cursor);
        }

        _cursors.Enqueue(cursor, cursor.Place);
    }

    private bool TryRead(LaneCursor cursor) => cursor.TryRead(_transaction, Now, Math.Max(((_request.Limit - _claimed.Count) / _openLanes) + 1, 4));

    private void Take(LaneCursor best)
    {
        if (!IsJobGiven(best) || _turns.Next(best) is not { } cursor)
        {
            return;
        }

        // The claim ends at it, so that none behind it takes the next slot before it.
        if ((cursor.Next!.OwnerLosses > 0 || _rates.IsRated(cursor.Lane)) && _claimed.Count >= _request.Slots)
        {
            _isSlotWanted = true;
            return;
        }

        Begin(cursor.TakeNext(), cursor.Lane);
    }

    private void Begin(Job job, Lane lane)
    {
        var begun = job with { State = JobState.Running, Node = _request.Node, Token = job.Token + 1, Attempt = job.Attempt + 1, StartedAt = _now };
        JobTable.Begin(_transaction, new RunningJob(begun, _request.NodeToken));
        _rates.Start(lane);
        _turns.Note(lane);
        _claimed.Add(begun);
    }

    /// <summary>Goes on to the lane's next job that may be given; false when there is none, null when the claim has parked enough.</summary>
    private bool? TryFindJob(LaneCursor cursor)
    {
        while (MayTakeFrom(cursor.Lane) && (cursor.Next is not null || TryRead(cursor)))
        {
            if (IsJobGiven(cursor))
            {
                return true;
            }

            if (_parked >= MostParked)
            {
                return null;
            }
        }

        return false;
    }

    /// <summary>The cursor's next job may be given. One that may not is put where no further claim meets it.</summary>
    private bool IsJobGiven(LaneCursor cursor)
    {
        var job = cursor.Next!;
        if (job.ExpiresAt <= _now)
        {
            JobEnds.End(_transaction, cursor.TakeNext(), JobState.Cancelled, "expired", _now);
            return false;
        }

        if (_board.IsBusy(job.ConcurrencyKey))
        {
            JobTable.Park(_transaction, cursor.TakeNext().Id, cursor.Lane);
            _parked++;
            return false;
        }

        return true;
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
            if (lane.HeadAt < next && IsOpen(lane) && _rates.OpensAt(lane) < next)
            {
                SettleHead(lane);
                next = Math.Min(next, lane.IsEmpty ? next : Math.Max(lane.HeadAt, _rates.OpensAt(lane)));
            }
        }

        return next == long.MaxValue ? null : Instants.FromTicks(next);
    }

    // The first job that could be claimed, were it due. No statement while the last answer stands.
    private void SettleHead(Lane lane)
    {
        while (!lane.IsExact || _board.IsBusy(lane.HeadKey))
        {
            if (LaneTable.LoadHead(_transaction, lane) is not { } head || !_board.IsBusy(lane.HeadKey) || _parked >= MostParked)
            {
                return;
            }

            JobTable.Park(_transaction, head, lane);
            lane.SetBound(lane.HeadAt);
            _parked++;
        }
    }
}
