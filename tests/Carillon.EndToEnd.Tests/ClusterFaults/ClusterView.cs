using Carillon.EndToEnd.Tests.Checking;
using Carillon.Store;
using Npgsql;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>A look into a cluster's database with SQL.</summary>
internal static class ClusterView
{
    private const int UsualAttempts = 5;
    private const string JobsSql = """
        with lost as (select job, count(*) as times from journal where kind = 'attempt' and data::jsonb ->> 'state' = 'owner lost' group by job),
             jobs as (select id, state, token, attempt, retry, scheduled_at, reason, concurrency_key, schedule from job
                      union all select id, state, token, attempt, retry, scheduled_at, reason, concurrency_key, schedule from job_done)
        select jobs.id, state, token, attempt, coalesce((retry::jsonb ->> 'attempts')::int, -1), coalesce(lost.times, 0)::int, scheduled_at, coalesce(reason, ''), coalesce(concurrency_key, ''), coalesce(schedule, '')
          from jobs left join lost on lost.job = jobs.id
        """;

    private const string SkippedSql = "select subject, data::jsonb ->> 'from', data::jsonb ->> 'to' from journal where kind = 'skipped'";

    public static Task<List<FinalJob>> JobsAsync(NpgsqlDataSource database) => ListAsync(database, JobsSql, row =>
        new FinalJob(row.GetGuid(0), (JobState)row.GetInt16(1), row.GetInt64(2), row.GetInt32(3), row.GetInt32(4) is > 0 and var most ? most : UsualAttempts, row.GetInt32(5), Instant(row.GetInt64(6)))
        {
            Reason = row.GetString(7),
            ConcurrencyKey = row.GetString(8),
            Schedule = row.GetString(9),
        });

    public static async Task<ILookup<string, (DateTimeOffset From, DateTimeOffset To)>> SkippedAsync(NpgsqlDataSource database)
    {
        var ranges = await ListAsync(database, SkippedSql, row => (Schedule: row.GetString(0), From: Parse(row.GetString(1)), To: Parse(row.GetString(2))));
        return ranges.ToLookup(range => range.Schedule, range => (range.From, range.To));
    }

    /// <summary>Next instants by schedule.</summary>
    public static async Task<Dictionary<string, DateTimeOffset>> NextInstantsAsync(NpgsqlDataSource database) =>
        (await ListAsync(database, "select name, next_at from schedule where next_at is not null", row => (Name: row.GetString(0), At: Instant(row.GetInt64(1))))).ToDictionary(row => row.Name, row => row.At);

    /// <summary>What the schedules' instants are counted from.</summary>
    public static Task<List<(string Schedule, DateTimeOffset At)>> AnchorsAsync(NpgsqlDataSource database) =>
        ListAsync(database, "select name, document::jsonb ->> 'anchorAt' from schedule", row => (row.GetString(0), Parse(row.GetString(1))));

    public static async Task<List<T>> ListAsync<T>(NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static DateTimeOffset Instant(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    private static DateTimeOffset Parse(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
}
