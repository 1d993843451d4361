namespace Carillon.Postgres;

/// <summary>The concurrency keys in use.</summary>
internal static class BusyKeyTable
{
    private const string LockSql = "select carillon.lock_keys($1)";

    private const string FreeSql = /*lang=sql*/ """
        delete from carillon.busy_key b using unnest($1::uuid[], $2::text[]) f (job, key) where b.key = any (array[f.key]) and b.job = f.job
        """;

    /// <summary>
    /// Before keys are freed, all of a transaction at once and in one order, so that two never wait for each other. Waits for claims that
    /// have met a key busy and are parking its jobs: what they parked is seen by the statements after this one.
    /// </summary>
    public static async Task LockAsync(Transaction transaction, IEnumerable<string?> keys)
    {
        var given = keys.OfType<string>().Distinct().ToArray();
        if (given.Length > 0)
        {
            await transaction.Use(LockSql).SetAll(given, NpgsqlTypes.NpgsqlDbType.Text).RunAsync();
        }
    }

    /// <summary>These jobs run no more. To be followed by an unparking, in a statement of its own.</summary>
    public static async Task FreeAsync(Transaction transaction, Guid[] jobs, string[] keys)
    {
        await LockAsync(transaction, keys);
        await transaction.Use(FreeSql).SetAll(jobs, NpgsqlTypes.NpgsqlDbType.Uuid).SetAll(keys, NpgsqlTypes.NpgsqlDbType.Text).RunAsync();
    }
}
