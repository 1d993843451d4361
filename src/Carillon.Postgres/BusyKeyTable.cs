namespace Carillon.Postgres;

/// <summary>The concurrency keys in use.</summary>
internal static class BusyKeyTable
{
    // Waits for claims that have met the key busy and are parking their jobs; what they parked is seen by the statement after this one.
    private const string FreeSql = /*lang=sql*/ """
        delete from carillon.busy_key b
         using (select k.key, k.job from carillon.busy_key k join unnest($1::uuid[], $2::text[]) f (job, key) on k.key = f.key and k.job = f.job
                 order by k.key for update of k) f
         where b.key = f.key
        """;

    /// <summary>These jobs run no more. To be followed by an unparking, in a statement of its own.</summary>
    public static Task<int> FreeAsync(Transaction transaction, Guid[] jobs, string[] keys) =>
        transaction.Use(FreeSql).SetAll(jobs, NpgsqlTypes.NpgsqlDbType.Uuid).SetAll(keys, NpgsqlTypes.NpgsqlDbType.Text).RunAsync();
}
