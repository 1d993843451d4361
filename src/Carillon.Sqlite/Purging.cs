using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>What time takes away; each step by an index, and no more rows than allowed.</summary>
internal static class Purging
{
    // Where nothing is older that is kept as long as the host keeps jobs, the index need not be read again: what is kept longer stays.
    private const string OldJobsSql = /*lang=sql*/ """
        select id, finished_at from job_done
         where state = 3 and finished_at between ?5 and ?1 and keep_until is null and (key_until is null or key_until <= ?3)
        union all
        select id, finished_at from job_done
         where state = 5 and finished_at between ?6 and ?1 and keep_until is null and (key_until is null or key_until <= ?3)
        union all
        select id, finished_at from job_done
         where state = 4 and finished_at <= ?2 and (keep_until is null or keep_until <= ?3) and (key_until is null or key_until <= ?3)
        union all
        select id, finished_at from (
            select id, finished_at from job_done
             where keep_until <= ?3 and state <> 4 and (key_until is null or key_until <= ?3) order by keep_until limit ?4)
        order by 2 limit ?4
        """;

    private const string OldEntriesSql = "delete from journal where sequence in (select sequence from journal where is_free = 1 and at <= ?1 order by at limit ?2)";

    // What is oldest of each kind, and so the first to go.
    private const string OldestSql = /*lang=sql*/ """
        select (select min(finished_at) from job_done where state = 3 and finished_at >= ?1 and keep_until is null),
               (select min(finished_at) from job_done where state = 5 and finished_at >= ?2 and keep_until is null),
               (select min(finished_at) from job_done where state = 4),
               (select min(at) from journal where is_free = 1),
               (select min(keep_until) from job_done where keep_until is not null and state <> 4)
        """;

    public static PurgeResult Purge(Transaction transaction, Retention retention, int limit, DateTimeOffset now)
    {
        if (transaction.Board.PurgeRest is { } rest && rest.Covers(retention, now))
        {
            return new PurgeResult(0, 0, rest.NextExpiryAt);
        }

        BucketTable.Sweep(transaction, now);
        LaneTable.Sweep(transaction);
        var expired = Expiring.Expire(transaction, limit, now);
        var removed = PurgeJobs(transaction, retention, limit - expired, now);
        removed += PurgeJournal(transaction, retention, limit - expired - removed, now);
        var nextExpiryAt = Expiring.FindNext(transaction);
        transaction.Board.PurgeRest = new PurgeRest(retention, now, FindNextPurge(transaction, retention, nextExpiryAt, now), nextExpiryAt);
        return new PurgeResult(removed, expired, nextExpiryAt);
    }

    /// <summary>Until when an ended job is kept by its handler's wish; null where it is kept as long as the host keeps jobs.</summary>
    public static long? KeepUntil(Job job) => job.KeepFor is { } kept ? Instants.Add(Instants.ToTicks(job.FinishedAt!.Value), kept) : null;

    /// <summary>A job ended: the next purge looks in time, also where the clock was set back or it is kept but for a short while.</summary>
    public static void NoteEnd(Transaction transaction, Job job)
    {
        var (board, at) = (transaction.Board, Instants.ToTicks(job.FinishedAt!.Value));
        board.PurgedTo = (Math.Min(board.PurgedTo.Succeeded, at), Math.Min(board.PurgedTo.Cancelled, at));
        if (KeepUntil(job) is { } until && board.PurgeRest is { } rest && until < Instants.ToTicks(rest.Until))
        {
            board.PurgeRest = null;
        }
    }

    // What ends or is written after now is kept at least as long as the shortest retention.
    private static DateTimeOffset FindNextPurge(Transaction transaction, Retention retention, DateTimeOffset? nextExpiryAt, DateTimeOffset now)
    {
        using var row = transaction.Use(OldestSql);
        row.Set(1, transaction.Board.PurgedTo.Succeeded).Set(2, transaction.Board.PurgedTo.Cancelled).Read();
        transaction.Board.PurgedTo = (row.LongOrNull(0) ?? Instants.ToTicks(now), row.LongOrNull(1) ?? Instants.ToTicks(now));
        return new[]
        {
            nextExpiryAt ?? DateTimeOffset.MaxValue,
            After(row.InstantOrNull(0) ?? now, retention.Finished),
            After(row.InstantOrNull(1) ?? now, retention.Finished),
            After(row.InstantOrNull(2) ?? now, retention.Dead),
            After(row.InstantOrNull(3) ?? now, retention.Journal),
            row.InstantOrNull(4) ?? DateTimeOffset.MaxValue,
        }.Min();
    }

    private static DateTimeOffset After(DateTimeOffset instant, TimeSpan kept) =>
        kept >= DateTimeOffset.MaxValue - instant ? DateTimeOffset.MaxValue : instant + kept;

    private static int PurgeJobs(Transaction transaction, Retention retention, int limit, DateTimeOffset now)
    {
        var old = new List<Guid>();
        using (var rows = transaction.Use(OldJobsSql))
        {
            for (rows.Set(1, Before(now, retention.Finished)).Set(2, Before(now, retention.Dead)).Set(3, now).Set(4, (long)limit)
                .Set(5, transaction.Board.PurgedTo.Succeeded).Set(6, transaction.Board.PurgedTo.Cancelled); rows.Read();)
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
