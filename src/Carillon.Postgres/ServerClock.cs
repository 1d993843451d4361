using System.Diagnostics;
using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>The database's clock, with what the way to it cost: taken around the statement alone, not around the wait for a connection.</summary>
internal static class ServerClock
{
    private const string ReadSql = "select (extract(epoch from clock_timestamp()) * 10000000)::bigint";

    public static async Task<StoreTime?> ReadAsync(Transaction transaction)
    {
        var asked = Stopwatch.GetTimestamp();
        var now = await transaction.Use(ReadSql).FirstAsync(row => row.Instant(0));
        return At(now, asked, Stopwatch.GetTimestamp());
    }

    public static StoreTime At(DateTimeOffset now, long asked, long answered) =>
        new(now, asked + ((answered - asked) / 2), Stopwatch.GetElapsedTime(asked, answered));
}
