using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>A claim's place in one lane: the due jobs read so far, in order.</summary>
internal sealed class LaneCursor(Lane lane)
{
    private const string DueSql = $"select {JobRow.Columns} from job where lane = ?1 and run_at <= ?2 order by run_at, id limit ?3";
    private readonly Queue<Job> _read = new();

    public Lane Lane => lane;

    /// <summary>The next job; null where none is read.</summary>
    public Job? Next => _read.TryPeek(out var job) ? job : null;

    /// <summary>Its rank; where none is read, the least that it can be.</summary>
    public (long Rank, Guid Id) Place => Next is { } next
        ? (lane.RankAt(Instants.ToTicks(next.RunAt)), next.Id)
        : (lane.RankAt(lane.HeadAt), Guid.Empty);

    /// <summary>Reads on, once all that was read is taken: what was taken has left the lane. False when nothing is due any more.</summary>
    public bool TryRead(Transaction transaction, long now, int limit)
    {
        if (lane.HeadAt > now)
        {
            return false;
        }

        using (var rows = transaction.Use(DueSql))
        {
            for (rows.Set(1, lane.Id).Set(2, now).Set(3, (long)limit); rows.Read();)
            {
                _read.Enqueue(JobRow.Read(rows));
            }
        }

        lane.SetBound(_read.Count < limit ? now + 1 : Instants.ToTicks(_read.Last().RunAt));
        return _read.Count > 0;
    }

    public Job TakeNext() => _read.Dequeue();

    /// <summary>What was read and not taken is in the lane as before. Offered, not set: an unparked job may stand before it by now.</summary>
    public void Close()
    {
        if (Next is { } next)
        {
            lane.Offer(Instants.ToTicks(next.RunAt), next.ConcurrencyKey);
        }
    }
}
