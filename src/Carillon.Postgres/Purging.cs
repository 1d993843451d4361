using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>What time takes away; each step by an index, and no more rows than allowed. Whole days go by <see cref="DayPartitions"/>.</summary>
internal static class Purging
{
    private const string ExpiredSql = "select id from carillon.job where expires_at <= $1 and state <> 1 order by expires_at, id limit $2";
    private const string NextExpirySql = "select min(expires_at) from carillon.job where expires_at is not null and state <> 1";

    // Their journal goes with them. By ids: with the limit as a parameter a join would be planned for a tenth of the table.
    private const string Take = ", entries as (delete from carillon.journal where job = any (array(select id from old)))";
    private const string Taken = "where id = any (array(select id from old))";

    private const string Old = /*lang=sql*/ """
         where keep_until is null and finished_at <= greatest($1, $4) and finished_at <= case state when 4 then $1 else $4 end
           and (key_until is null or key_until <= $2)
         order by finished_at, id limit $3
           for update skip locked)
        """;

    private const string OldKeptSql = $"with old as (select id from carillon.job_done_kept {Old}{Take} delete from carillon.job_done_kept {Taken}";
    private const string OldStrayedSql = $"with old as (select id from carillon.job_done_default {Old}{Take} delete from carillon.job_done_default {Taken}";
    private const string OldAnywhereSql = $"with old as (select id from carillon.job_done {Old}{Take} delete from carillon.job_done {Taken}";

    // What its handler wants kept for a time of its own.
    private const string LetGoSql = $"""
        with old as (
            select id from carillon.job_done_kept
             where keep_until <= $2 and (state <> 4 or finished_at <= $1) and (key_until is null or key_until <= $2)
             order by keep_until limit $3
               for update skip locked){Take}
        delete from carillon.job_done_kept {Taken}
        """;

    private const string OldEntriesSql = /*lang=sql*/ """
        delete from carillon.journal where sequence in (select sequence from carillon.journal where is_free and at <= $1 order by at limit $2)
        """;

    public static async Task<PurgeResult> PurgeAsync(Transaction transaction, Purge purge, int limit, DateTimeOffset now)
    {
        var retention = purge.Retention;
        await BucketTable.SweepAsync(transaction, now);
        var expired = await ExpireAsync(transaction, limit, now);
        var removed = await PurgeJobsAsync(transaction, purge, limit - expired, now);
        removed += await transaction.Use(OldEntriesSql).Set(Before(now, retention.Journal)).Set(limit - expired - removed).RunAsync();
        removed += await LockTable.PurgeAsync(transaction, now);
        var nextExpiryAt = await transaction.Use(NextExpirySql).FirstAsync(row => row.InstantOrNull(0));
        return new PurgeResult(removed, expired, nextExpiryAt);
    }

    /// <summary>"For ever" is <see cref="TimeSpan.MaxValue"/>, which reaches back before the first instant there is.</summary>
    public static long Before(DateTimeOffset now, TimeSpan kept) =>
        kept >= now - DateTimeOffset.MinValue ? long.MinValue : Instants.ToTicks(now - kept);

    /// <summary>Cancels what did not begin in time, whatever holds it back. Says how many.</summary>
    public static async Task<int> ExpireAsync(Transaction transaction, int limit, DateTimeOffset now)
    {
        var expired = await transaction.Use(ExpiredSql).Set(now).Set(limit).ListAsync(row => row.Id(0));
        var count = 0;
        foreach (var id in expired)
        {
            // One that waited for another expired one is cancelled by that one's end: the first cause stands. Another may have begun meanwhile.
            if (await JobTable.FindAsync(transaction, id) is not { } job)
            {
                count++;
            }
            else if (job.State != JobState.Running && job.ExpiresAt <= now)
            {
                await JobEnds.EndAsync(transaction, job, JobState.Cancelled, "expired", now);
                count++;
            }
        }

        return count;
    }

    // Whole days go with their partition. A term that is shorter than one is kept row by row.
    private static async Task<int> PurgeJobsAsync(Transaction transaction, Purge purge, int limit, DateTimeOffset now)
    {
        var retention = purge.Retention;
        var (dead, finished) = (Before(now, retention.Dead), Before(now, retention.Finished));
        var removed = 0;
        foreach (var statement in purge.IsByRow || retention.Finished < TimeSpan.FromDays(1) ? [OldAnywhereSql] : new[] { OldKeptSql, OldStrayedSql })
        {
            removed += await transaction.Use(statement).Set(dead).Set(now).Set(limit - removed).Set(finished).RunAsync();
        }

        return removed + await transaction.Use(LetGoSql).Set(dead).Set(now).Set(limit - removed).RunAsync();
    }
}

/// <summary>What a purge is to take away.</summary>
/// <param name="Retention">How long things are kept.</param>
/// <param name="IsByRow">Whole days cannot be dropped at present.</param>
internal readonly record struct Purge(Retention Retention, bool IsByRow);
