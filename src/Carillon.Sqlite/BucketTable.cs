using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>What is spent of rate limits, and whose turn it was in fair queues: on the board, and in the file, so that a restart changes nothing.</summary>
internal static class BucketTable
{
    private const string ListSql = "select queue, is_group, job_group, full_at from bucket";
    private const string TurnsSql = "select queue, job_group from turn";
    private const string PutSql = "insert or replace into bucket (queue, is_group, job_group, full_at) values (?1, ?2, ?3, ?4)";
    private const string PutTurnSql = "insert or replace into turn (queue, job_group) values (?1, ?2)";
    private const string DeleteSql = "delete from bucket where queue = ?1 and is_group = ?2";
    private const string DeleteFullSql = "delete from bucket where full_at <= ?1";

    public static IReadOnlyList<SpentBucket> List(Database database)
    {
        var spent = new List<SpentBucket>();
        using var rows = database.Use(ListSql);
        while (rows.Read())
        {
            spent.Add(new SpentBucket(new Bucket(rows.Name(0), rows.Flag(1) ? rows.Name(2) : null), rows.Instant(3)));
        }

        return spent;
    }

    public static void Load(Database database, Board board)
    {
        foreach (var (bucket, fullAt) in List(database))
        {
            board.Buckets.Add(bucket, fullAt);
        }

        using var turns = database.Use(TurnsSql);
        while (turns.Read())
        {
            board.Turns.Add(turns.Name(0), turns.Name(1));
        }
    }

    /// <summary>Writes what the board says of these.</summary>
    public static void Save(Transaction transaction, IReadOnlyCollection<Bucket> spent, IReadOnlyCollection<string> turned)
    {
        foreach (var bucket in spent)
        {
            using var row = transaction.Use(PutSql);
            row.Set(1, bucket.Queue).Set(2, bucket.Group is not null).Set(3, bucket.Group ?? "").Set(4, transaction.Board.Buckets[bucket]).Run();
        }

        foreach (var queue in turned)
        {
            using var row = transaction.Use(PutTurnSql);
            row.Set(1, queue).Set(2, transaction.Board.Turns[queue]).Run();
        }
    }

    /// <summary>A rate that changed begins anew: what was spent says nothing of it.</summary>
    public static void Renew(Transaction transaction, string queue, QueueSettings before, QueueSettings after)
    {
        if (before.MaxRate != after.MaxRate)
        {
            Delete(transaction, queue, isGroup: false);
        }

        if (before.MaxRatePerGroup != after.MaxRatePerGroup)
        {
            Delete(transaction, queue, isGroup: true);
        }
    }

    private static void Delete(Transaction transaction, string queue, bool isGroup)
    {
        using var row = transaction.Use(DeleteSql);
        row.Set(1, queue).Set(2, isGroup).Run();
        Forget(transaction.Board, spent => spent.Bucket.Queue == queue && spent.Bucket.Group is not null == isGroup);
    }

    /// <summary>A bucket that is full is as good as none.</summary>
    public static void Sweep(Transaction transaction, DateTimeOffset now)
    {
        if (transaction.Board.Buckets.Count > 0)
        {
            using var row = transaction.Use(DeleteFullSql);
            row.Set(1, now).Run();
            Forget(transaction.Board, spent => spent.FullAt <= now);
        }
    }

    private static void Forget(Board board, Func<SpentBucket, bool> which)
    {
        foreach (var (bucket, _) in board.Buckets.Where(pair => which(new SpentBucket(pair.Key, pair.Value))).ToList())
        {
            board.Buckets.Remove(bucket);
        }
    }
}
