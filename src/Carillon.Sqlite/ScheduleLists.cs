using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>Schedules as readers see them.</summary>
internal static class ScheduleLists
{
    private const string FindSql = $"select {ScheduleTable.Columns} from schedule where tenant = '' and name = ?1";

    public static Schedule? Find(Database database, string name)
    {
        using var row = database.Use(FindSql);
        return row.Set(1, name).Read() ? ScheduleRow.Of(row).ToSchedule() : null;
    }

    // Names are compared as UTF-8 bytes by SQLite and as UTF-16 by .NET: they differ only beyond U+FFFF.
    public static IReadOnlyList<Schedule> List(Database database, ScheduleQuery query)
    {
        var where = new Conditions();
        where.Add("tenant = ''");
        where.Add("owner = ", query.Owner, (statement, index) => statement.Set(index, query.Owner));
        where.Add("handler = ", query.Handler, (statement, index) => statement.Set(index, query.Handler));
        where.Add("calendar = ", query.Calendar, (statement, index) => statement.Set(index, query.Calendar));
        where.Add("mode = ", query.Mode, (statement, index) => statement.Set(index, (long)query.Mode!.Value));
        where.Add("name > ", query.After, (statement, index) => statement.Set(index, query.After));
        var schedules = new List<Schedule>();
        using var rows = where.Bind(database.Prepare($"select {ScheduleTable.Columns} from schedule where {where} order by name limit ?{where.NextParameter}"));
        for (rows.Set(where.NextParameter, (long)query.Limit); rows.Read();)
        {
            schedules.Add(ScheduleRow.Of(rows).ToSchedule());
        }

        return schedules;
    }
}
