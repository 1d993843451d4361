using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>What is spent of rate limits. Claims write it, behind the queue's lock (Schema/0001.up.sql).</summary>
internal static class BucketTable
{
    // A claim under way reads a clock that may be a moment behind.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private const string ListSql = "select queue, is_group, job_group, full_at from carillon.bucket";
    private const string ShiftSql = "update carillon.bucket set full_at = full_at + $1";
    private const string SweepSql = "delete from carillon.bucket where full_at <= $1";
    private const string DeleteSql = "delete from carillon.bucket where queue = $1 and is_group = $2";

    // Against a claim that still counts by the old rate: it is waited for, and what it writes goes too.
    private const string LockSql = "insert into carillon.limit_lock as l (kind, name) values ('q', $1) on conflict (kind, name) do update set name = excluded.name";

    public static Task<List<SpentBucket>> ListAsync(Transaction transaction) => transaction.Use(ListSql)
        .ListAsync(row => new SpentBucket(new Bucket(row.GetString(0), row.GetBoolean(1) ? row.GetString(2) : null), row.Instant(3)));

    public static Task ShiftAsync(Transaction transaction, TimeSpan step) => transaction.Use(ShiftSql).Set(step).RunAsync();

    /// <summary>A bucket that is full is as good as none.</summary>
    public static Task SweepAsync(Transaction transaction, DateTimeOffset now) => transaction.Use(SweepSql).Set(now - Margin).RunAsync();

    /// <summary>A rate that changed begins anew: what was spent says nothing of it.</summary>
    public static async Task RenewAsync(Transaction transaction, string queue, QueueSettings before, QueueSettings after)
    {
        if (before.MaxRate == after.MaxRate && before.MaxRatePerGroup == after.MaxRatePerGroup)
        {
            return;
        }

        await transaction.Use(LockSql).Set(queue).RunAsync();
        if (before.MaxRate != after.MaxRate)
        {
            await transaction.Use(DeleteSql).Set(queue).Set(false).RunAsync();
        }

        if (before.MaxRatePerGroup != after.MaxRatePerGroup)
        {
            await transaction.Use(DeleteSql).Set(queue).Set(true).RunAsync();
        }
    }
}
