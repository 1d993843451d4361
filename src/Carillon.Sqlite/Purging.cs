using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>What time takes away; each step by an index, and no more rows than allowed.</summary>
internal static class Purging
{
    private const string OldJobsSql = /*lang=sql*/ """
        select id, finished_at from job_done where state = 3 and finished_at <= ?1 and (key_until is null or key_until <= ?3)
        union all
        select id, finished_at from job_done where state = 5 and finished_at <= ?1 and (key_until is null or key_until <= ?3)
        union all
        select id, finished_at from job_done where state = 4 and finished_at <= ?2 and (key_until is null or key_until <= ?3)
        order by 2 limit ?4
        """;

    private const string OldEntriesSql = "delete from journal where sequence in (select sequence from journal where is_free = 1 and at <= ?1 order by at limit ?2)";

    // What is oldest of each kind, and so the first to go.
    private const string OldestSql = /*lang=sql*/ """
        select (select min(finished_at) from job_done where state = 3),
               (select min(finished_at) from job_done where state = 5),
               (select min(finished_at) from job_done where state = 4),
               (select min(at) from journal where is_free = 1)
        """;

    public static PurgeResult Purge(Transaction transaction, Retention retention, int limit, DateTimeOffset now)
    {
        if (transaction.Board.PurgeRest is { } rest && rest.Covers(retention, now))
        {
            return new PurgeResult(0, 0, rest.NextExpiryAt);
        }

        var expired = Expiring.Expire(transaction, limit, now);
        var removed = PurgeJobs(transaction, retention, limit - expired, now);
        removed += PurgeJournal(transaction, retention, limit - expired - removed, now);
        var nextExpiryAt = Expiring.FindNext(transaction);
        transaction.Board.PurgeRest = new PurgeRest(retention, now, FindNextPurge(transaction, retention, nextExpiryAt, now), nextExpiryAt);
        return new PurgeResult(removed, expired, nextExpiryAt);
    }

    // What ends or is written after now is kept at least as long as the shortest retention.
    private static DateTimeOffset FindNextPurge(Transaction transaction, Retention retention, DateTimeOffset? nextExpiryAt, DateTimeOffset now)
    {
        using var row = transaction.Use(OldestSql);
        row.Read();
        return new[]
        {
            nextExpiryAt ?? DateTimeOffset.MaxValue,
            After(row.InstantOrNull(0) ?? now, retention.Finished),
            After(row.InstantOrNull(1) ?? now, retention.Finished),
            After(row.InstantOrNull(2) ?? now, retention.Dead),
            After(row.InstantOrNull(3) ?? now, retention.Journal),
        }.Min();
    }

    private static DateTimeOffset After(DateTimeOffset instant, TimeSpan kept) =>
        kept >= DateTimeOffset.MaxValue - instant ? DateTimeOffset.MaxValue : instant + kept;

    private static int PurgeJobs(Transaction transaction, Retention retention, int limit, DateTimeOffset now)
    {
        var old = new List<Guid>();
        using (var rows = transaction.Use(OldJobsSql))
        {
            for (rows.Set(1, Before(now, retention.Finished)).Set(2, Before(now, retention.Dead)).Set(3, now).Set(4, (long)limit); rows.Read();)
            {
                old.Add(rows.Id(0));
            }
        }

        foreach (var id in old)
        {
            DoneTable.Delete(transaction, id);
            JournalTable.DeleteOfJob(transaction, id);
        }

        return old.Count;
    }

    private static int PurgeJournal(Transaction transaction, Retention retention, int limit, DateTimeOffset now)
    {
        using (var rows = transaction.Use(OldEntriesSql))
        {
            rows.Set(1, Before(now, retention.Journal)).Set(2, (long)limit).Run();
        }

        var removed = transaction.Changes;
        if (removed > 0)
        {
            JournalTable.KeepSequence(transaction);
        }

        return removed;
    }

    // "For ever" is TimeSpan.MaxValue, which reaches back before the first instant there is.
    private static long Before(DateTimeOffset now, TimeSpan kept) =>
        kept >= now - DateTimeOffset.MinValue ? long.MinValue : Instants.ToTicks(now - kept);
}
