using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>Schedules as readers see them.</summary>
internal static class ScheduleLists
{
    private const string FindSql = $"select {ScheduleTable.Columns} from carillon.schedule where tenant = '' and name = $1";

    // The last row is the first that is not due: of that one only the instant counts.
    private const string DueSql = $"""
        (select {ScheduleTable.Columns} from carillon.schedule where next_at <= $2 and mode <> 2 order by next_at, name limit $1)
        union all
        (select null, 0, next_at, null, 0 from carillon.schedule where next_at > $2 and mode <> 2 order by next_at limit 1)
        """;

    public static Task<Schedule?> FindAsync(Transaction transaction, string name) =>
        transaction.Use(FindSql).Set(name).FirstAsync(ScheduleRow.ReadSchedule);

    /// <summary>The due ones, and the next instant of the others: one row more than wanted says it.</summary>
    public static async Task<DueSchedules> ListDueAsync(Transaction transaction, DateTimeOffset now, int limit)
    {
        var rows = await transaction.Use(DueSql).Set(limit + 1L).Set(now).ListAsync(row => (Schedule: row.IsDBNull(0) ? null : ScheduleRow.ReadSchedule(row), NextAt: row.InstantOrNull(2)));
        var due = rows.Select(row => row.Schedule).OfType<Schedule>().Take(limit).ToList();
        return new DueSchedules(due, rows.Count > due.Count ? rows[due.Count].NextAt : null);
    }

    // Names are compared as UTF-8 bytes here and as UTF-16 by .NET: they differ only beyond U+FFFF.
    public static Task<List<Schedule>> ListAsync(Transaction transaction, ScheduleQuery query)
    {
        var where = new Conditions();
        where.Add("tenant = ''");
        where.Add("owner = ", query.Owner);
        where.Add("handler = ", query.Handler);
        where.Add("calendar = ", query.Calendar);
        where.Add("mode = ", (long?)query.Mode);
        where.Add("name > ", query.After);
        return where.Bind(transaction, $"select {ScheduleTable.Columns} from carillon.schedule where {where} order by name limit {query.Limit}").ListAsync(ScheduleRow.ReadSchedule);
    }
}
