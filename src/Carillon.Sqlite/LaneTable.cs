using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>Lanes, and the jobs parked beside them.</summary>
internal static class LaneTable
{
    private const int MostEmpty = 1_000;
    private const string InsertSql = "insert into lane (queue, handler, priority, job_group) values (?1, ?2, ?3, ?4) returning id";
    private const string HeadSql = "select run_at, concurrency_key, id from job where lane = ?1 order by run_at, id limit 1";
    private const string UnparkSql = "update job set lane = -lane where id = ?1";

    // From one lane's parked jobs to the next lane's by a seek each; -lane rises, so the next one is greater.
    private const string ParkedSql = /*lang=sql*/ """
        select lane, run_at, id from job
         where concurrency_key = ?1 and lane > ?2 and lane < 0
         order by lane, run_at, id limit 1
        """;

    private const string UnparkAllSql = "update job set lane = -lane where concurrency_key = ?1 and lane < 0";
    private const string IsUsedSql = "select exists (select 1 from job where lane = ?1) or exists (select 1 from job where lane = -?1)";
    private const string DeleteSql = "delete from lane where id = ?1";
    private const string ParkedKeysSql = "select distinct concurrency_key from job where concurrency_key is not null and lane < 0";

    public static Lane Of(Transaction transaction, Job job)
    {
        if (transaction.Board.FindLane(job) is { } known)
        {
            return known;
        }

        using var row = transaction.Use(InsertSql);
        row.Set(1, job.Queue).Set(2, job.Handler).Set(3, (long)job.Priority).Set(4, job.Group).Read();
        var lane = new Lane(row.Long(0), job.Queue, job.Handler, job.Priority) { Group = job.Group };
        row.Run();
        transaction.Board.Add(lane);
        return lane;
    }

    /// <summary>Asks the file for the first job of the lane, and says which it is.</summary>
    public static Guid? LoadHead(Transaction transaction, Lane lane)
    {
        using var head = transaction.Use(HeadSql);
        BoardFile.LoadHead(head, lane);
        return lane.IsEmpty ? null : head.Id(2);
    }

    /// <summary>
    /// If the key is free, the first parked job of each lane may be claimed again: whichever is the best when a claim comes is among
    /// them, and the others meet a busy key then and are parked anew.
    /// </summary>
    public static void Unpark(Transaction transaction, string concurrencyKey)
    {
        if (transaction.Board.IsBusy(concurrencyKey))
        {
            return;
        }

        var lane = long.MinValue;
        while (FindParked(transaction, concurrencyKey, lane) is { } parked)
        {
            using var row = transaction.Use(UnparkSql);
            row.Set(1, parked.Id).Run();
            transaction.Board.LaneOf(-parked.Lane).Offer(parked.RunAt, concurrencyKey);
            transaction.Tell(StoreSignal.Jobs);
            lane = parked.Lane;
        }
    }

    /// <summary>After many jobs moved in time: nothing parked is ahead of what may be claimed. The board is read anew by the caller.</summary>
    public static void UnparkAll(Transaction transaction)
    {
        var keys = new List<string>();
        using (var rows = transaction.Use(ParkedKeysSql))
        {
            while (rows.Read())
            {
                keys.Add(rows.Text(0));
            }
        }

        foreach (var key in keys.Where(key => !transaction.Board.IsBusy(key)))
        {
            using var row = transaction.Use(UnparkAllSql);
            row.Set(1, key).Run();
        }
    }

    /// <summary>Groups come and go: the lanes of those that have nothing left are removed, once there are many.</summary>
    public static void Sweep(Transaction transaction)
    {
        var empty = transaction.Board.Lanes.Where(lane => lane is { Group: not null, IsEmpty: true }).ToList();
        foreach (var lane in empty.Count < MostEmpty ? [] : empty.Where(lane => !IsUsed(transaction, lane)).ToList())
        {
            using var row = transaction.Use(DeleteSql);
            row.Set(1, lane.Id).Run();
            transaction.Board.Remove(lane);
        }
    }

    private static bool IsUsed(Transaction transaction, Lane lane)
    {
        using var row = transaction.Use(IsUsedSql);
        return row.Set(1, lane.Id).Read() && row.Flag(0);
    }

    private static (long Lane, long RunAt, Guid Id)? FindParked(Transaction transaction, string concurrencyKey, long after)
    {
        using var row = transaction.Use(ParkedSql);
        return row.Set(1, concurrencyKey).Set(2, after).Read() ? (row.Long(0), row.Long(1), row.Id(2)) : null;
    }
}
