using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>The rows of ended jobs.</summary>
internal static class DoneTable
{
    private const string InsertSql = $"insert into carillon.job_done ({JobRow.Columns}, day, key_until, keep_until) values ({JobRow.Parameters}, $39, $40, $41)";
    private const string FindSql = $"select {JobRow.Columns} from carillon.job_done where id = $1 for update";
    private const string DeleteSql = "delete from carillon.job_done where id = any ($1)";

    private const string HolderSql = /*lang=sql*/ """
        select id from carillon.job_done where day = 0 and tenant = $1 and key = $2 and key_until > $3 order by id desc limit 1
        """;

    public static Task InsertAsync(Transaction transaction, Job job)
    {
        var (keyUntil, keepUntil) = (KeyUntil(job), KeepUntil(job));
        return JobRow.Bind(transaction.Use(InsertSql), job).Set(DayOf(job, keyUntil ?? keepUntil)).Set(keyUntil).Set(keepUntil).RunAsync();
    }

    /// <summary>The ended job; locked.</summary>
    public static Task<Job?> FindAsync(Transaction transaction, Guid id) => transaction.Use(FindSql).Set(id).FirstAsync(JobRow.Read);

    public static Task DeleteAsync(Transaction transaction, params Guid[] ids) =>
        transaction.Use(DeleteSql).SetAll(ids, NpgsqlTypes.NpgsqlDbType.Uuid).RunAsync();

    /// <summary>An ended job whose key still holds.</summary>
    public static Task<Guid?> FindKeyHolderAsync(Transaction transaction, NewJob asked, DateTimeOffset now) =>
        transaction.Use(HolderSql).Set(asked.Tenant).Set(asked.Key).Set(now).FirstAsync(row => (Guid?)row.Id(0));

    /// <summary>Until when the key of an ended job still holds; null where it does not.</summary>
    public static long? KeyUntil(Job job)
    {
        if (job.Key is null || job.KeyHold <= TimeSpan.Zero)
        {
            return null;
        }

        var finished = Instants.ToTicks(job.FinishedAt!.Value);
        return job.KeyHold.Ticks > long.MaxValue - finished ? long.MaxValue : finished + job.KeyHold.Ticks;
    }

    private static long? KeepUntil(Job job)
    {
        var finished = Instants.ToTicks(job.FinishedAt!.Value);
        return job.KeepFor is not { } kept ? null : kept.Ticks > long.MaxValue - finished ? long.MaxValue : finished + kept.Ticks;
    }

    // The same rule stands in the function finish.
    private static int DayOf(Job job, long? until) =>
        job.State == JobState.Dead || until is not null ? 0 : Days.Of(job.FinishedAt!.Value);
}
