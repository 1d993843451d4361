using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The rows of schedules: the definition as a document, and beside it what firings change.</summary>
internal static class ScheduleTable
{
    public const string Columns = "document, version, next_at, last_at, fired_count";

    private const string PutSql = /*lang=sql*/ """
        insert or replace into schedule (tenant, name, id, owner, handler, mode, version, next_at, last_at, fired_count, max_count, end_at, document, calendar)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        """;

    private const string FindSql = $"select {Columns} from schedule where tenant = ?1 and name = ?2";
    private const string DeleteSql = "delete from schedule where tenant = '' and name = ?1";
    private const string DueSql = $"select {Columns} from schedule where next_at is not null and mode <> 2 order by next_at, name limit ?1";

    // A fixed delay: the end of the job gives the next instant, unless the schedule has ended meanwhile.
    private const string WakeSql = /*lang=sql*/ """
        update schedule set next_at = ?2
         where tenant = '' and name = ?1 and next_at is null and mode <> 2
           and (end_at is null or end_at >= ?2) and (max_count is null or fired_count < max_count)
        """;

    public static Schedule? Find(Transaction transaction, string tenant, string name)
    {
        using var row = transaction.Use(FindSql);
        return row.Set(1, tenant).Set(2, name).Read() ? ScheduleRow.Of(row).ToSchedule() : null;
    }

    public static bool TryPutAll(Transaction transaction, IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now)
    {
        if (schedules.Count == 1)
        {
            return TryPut(transaction, schedules[0], act, now);
        }

        var isPut = false;
        transaction.Try(() => isPut = schedules.All(schedule => TryPut(transaction, schedule, act, now)));
        return isPut;
    }

    public static IReadOnlyList<string> RemoveAll(Transaction transaction, IReadOnlyList<string> names, Act? act, DateTimeOffset now) =>
        [.. names.Where(name => TryRemove(transaction, name, act, now))];

    /// <summary>The due ones as rows, to be read by the caller on a thread of its own.</summary>
    public static (IReadOnlyList<ScheduleRow> Due, DateTimeOffset? NextAt) ListDue(Transaction transaction, DateTimeOffset now, int limit)
    {
        var board = transaction.Board;
        if (!board.IsScheduleDue(now, out var nextAt))
        {
            return ([], nextAt);
        }

        var due = new List<ScheduleRow>();
        using var rows = transaction.Use(DueSql);
        for (rows.Set(1, limit + 1L); rows.Read();)
        {
            var row = ScheduleRow.Of(rows);
            if (due.Count == limit || row.NextAt > now)
            {
                board.SetSchedulesFrom(due.Count > 0 ? due[0].NextAt : row.NextAt);
                return (due, row.NextAt);
            }

            due.Add(row);
        }

        board.SetSchedulesFrom(due.Count > 0 ? due[0].NextAt : null);
        return (due, null);
    }

    /// <summary>A job of a fixed-delay schedule has ended.</summary>
    public static void Wake(Transaction transaction, Job job, DateTimeOffset now)
    {
        if (job is not { Schedule: { } name, ScheduleDelay: { } delay })
        {
            return;
        }

        using (var row = transaction.Use(WakeSql))
        {
            row.Set(1, name).Set(2, now + delay).Run();
        }

        if (transaction.Changes > 0)
        {
            transaction.Board.MoveSchedule(null, now + delay);
            transaction.Tell(StoreSignal.Schedules);
        }
    }

    private static bool TryPut(Transaction transaction, Schedule schedule, Act? act, DateTimeOffset now)
    {
        var before = Find(transaction, schedule.Tenant, schedule.Name);
        if (schedule.Version != (before?.Version ?? 0))
        {
            return false;
        }

        var after = schedule.KeepFirings(before) with { Version = schedule.Version + 1 };
        Put(transaction, after);
        transaction.Board.MoveSchedule(before?.NextAt, after.Mode == ScheduleMode.Paused ? null : after.NextAt);
        transaction.Tell(StoreSignal.Schedules);
        JournalTable.AppendAct(transaction, SubjectOf(after.Name), act, ToJson(before), ToJson(after), now);
        return true;
    }

    private static void Put(Transaction transaction, Schedule schedule)
    {
        using var row = transaction.Use(PutSql);
        row.Set(1, schedule.Tenant).Set(2, schedule.Name).Set(3, schedule.Id).Set(4, schedule.Owner).Set(5, schedule.Handler)
            .Set(6, (long)schedule.Mode).Set(7, schedule.Version).Set(8, schedule.NextAt).Set(9, schedule.LastAt)
            .Set(10, schedule.FiredCount).Set(11, schedule.MaxCount).Set(12, schedule.EndAt)
            .Set(13, JsonSerializer.Serialize(schedule, StoreJson.Default.Schedule)).Set(14, schedule.Calendar).Run();
    }

    private static bool TryRemove(Transaction transaction, string name, Act? act, DateTimeOffset now)
    {
        if (Find(transaction, "", name) is not { } before)
        {
            return false;
        }

        using (var row = transaction.Use(DeleteSql))
        {
            row.Set(1, name).Run();
        }

        transaction.Board.MoveSchedule(before.NextAt, null);
        transaction.Tell(StoreSignal.Schedules);
        JournalTable.AppendAct(transaction, SubjectOf(name), act, ToJson(before), null, now);
        return true;
    }

    private static Subject SubjectOf(string schedule) => new(SubjectKind.Schedule, schedule);

    private static JsonNode? ToJson(Schedule? schedule) => JsonSerializer.SerializeToNode(schedule, StoreJson.Default.Schedule!);
}
