using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>Cancels what did not begin in time. The board knows before which instant nothing expires, so that a claim need not ask.</summary>
internal static class Expiring
{
    private const string ExpiredSql = "select id from job where expires_at <= ?1 and state <> 1 order by expires_at, id limit ?2";
    private const string NextSql = "select min(expires_at) from job where expires_at is not null and state <> 1";

    /// <summary>At most <paramref name="limit"/> jobs, whatever holds them back. Says how many.</summary>
    public static int Expire(Transaction transaction, int limit, DateTimeOffset now)
    {
        if (transaction.Board.ExpiresFrom > now)
        {
            return 0;
        }

        var expired = FindExpired(transaction, limit, now);
        foreach (var id in expired)
        {
            // One that waited for another expired one is cancelled by that one's end: the first cause stands.
            if (JobTable.Find(transaction, id) is { } job)
            {
                JobEnds.End(transaction, job, JobState.Cancelled, "expired", now);
            }
        }

        transaction.Board.ExpiresFrom = FindNext(transaction) ?? DateTimeOffset.MaxValue;
        return expired.Count;
    }

    public static DateTimeOffset? FindNext(Transaction transaction)
    {
        using var row = transaction.Use(NextSql);
        return row.Read() ? row.InstantOrNull(0) : null;
    }

    private static List<Guid> FindExpired(Transaction transaction, int limit, DateTimeOffset now)
    {
        var expired = new List<Guid>();
        using var rows = transaction.Use(ExpiredSql);
        for (rows.Set(1, now).Set(2, (long)limit); rows.Read();)
        {
            expired.Add(rows.Id(0));
        }

        return expired;
    }
}
