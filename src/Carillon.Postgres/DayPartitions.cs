using System.Globalization;
using Carillon.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// The partitions of ended jobs, a day each: made ahead, and dropped whole once all of a day is past its retention. Both need a lock that
/// waits for every transaction that ends jobs; they give up after a moment and are tried again with the next purge. What has no
/// partition of its day stands in the default one and goes row by row.
/// </summary>
internal sealed partial class DayPartitions(Connections connections, ILogger logger)
{
    private const int DaysAhead = 2;
    private const int EntriesAtOnce = 10_000;
    private const string PatienceSql = "set local lock_timeout = '300ms'";

    private const string ListSql = /*lang=sql*/ """
        select substring(c.relname from '^job_done_(\d+)$')::integer
          from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'carillon.job_done'::regclass and c.relname ~ '^job_done_\d+$'
        """;

    private const string IsInDefaultSql = "select exists (select 1 from carillon.job_done_default where day = $1)";

    /// <summary>Makes the partitions of this day and the next ones.</summary>
    public async Task MakeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = Days.Of(now);
        var there = await ListAsync(cancellationToken);
        foreach (var day in Enumerable.Range(today, DaysAhead + 1).Except(there))
        {
            await TryAsync("made", day, transaction => TryMakeAsync(transaction, day), cancellationToken);
        }
    }

    /// <summary>Drops the days that are over; says how many rows went.</summary>
    public async Task<int> DropAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = Purging.Before(now, retention.Finished);
        var removed = 0L;
        foreach (var day in (await ListAsync(cancellationToken)).Where(day => (day + 1) * TimeSpan.TicksPerDay <= before))
        {
            removed += await TryAsync("dropped", day, transaction => DropAsync(transaction, day), cancellationToken);
        }

        return (int)Math.Min(removed, int.MaxValue);
    }

    private Task<List<int>> ListAsync(CancellationToken cancellationToken) =>
        connections.ReadAsync(transaction => transaction.Use(ListSql).ListAsync(row => row.GetInt32(0)), cancellationToken);

    // A day that already has rows in the default partition stays there: they would have to be moved first.
    private static async Task<long> TryMakeAsync(Transaction transaction, int day)
    {
        await transaction.Use(PatienceSql).RunAsync();
        if (!await transaction.Use(IsInDefaultSql).Set(day).IsTrueAsync())
        {
            await transaction.UseOnce(Invariant($"create table if not exists carillon.job_done_{day} partition of carillon.job_done for values from ({day}) to ({day + 1})")).RunAsync();
        }

        return 0;
    }

    private static async Task<long> DropAsync(Transaction transaction, int day)
    {
        await transaction.Use(PatienceSql).RunAsync();
        var table = Invariant($"carillon.job_done_{day}");

        // One node at a time: two that both read it would wait for each other's reads to end. Looked for once it is ours, for another may have dropped it.
        if (!await transaction.UseOnce($"select pg_try_advisory_xact_lock(22745, hashtext('{table}'))").IsTrueAsync()
            || !(await transaction.Use(ListSql).ListAsync(row => row.GetInt32(0))).Contains(day))
        {
            return 0;
        }

        while (await transaction.UseOnce(
            $"delete from carillon.journal where sequence in (select j.sequence from carillon.journal j join {table} d on d.id = j.job limit {EntriesAtOnce})").RunAsync() == EntriesAtOnce)
        {
        }

        var rows = await transaction.UseOnce($"select count(*) from {table}").FirstAsync(row => row.GetInt64(0));
        await transaction.UseOnce($"drop table {table}").RunAsync();
        return rows;
    }

    private async Task<long> TryAsync(string what, int day, Func<Transaction, Task<long>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.WriteAsync(work, cancellationToken);
        }
        catch (PostgresException exception)
        {
            LogLater(day, what, exception.MessageText);
            return 0;
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(2110, LogLevel.Debug, "The partition of day {Day} could not be {What} now ({Reason}); the next purge tries again.")]
    private partial void LogLater(int day, string what, string reason);
}
