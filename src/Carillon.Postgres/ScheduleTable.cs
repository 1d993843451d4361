using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>The rows of schedules: the definition as a document, and beside it what firings change.</summary>
internal static class ScheduleTable
{
    public const string Columns = "document, version, next_at, last_at, fired_count";

    private const string InsertSql = /*lang=sql*/ """
        insert into carillon.schedule (tenant, name, id, owner, handler, mode, version, next_at, last_at, fired_count, max_count, end_at, document, calendar)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (tenant, name) do nothing
        """;

    private const string UpdateSql = /*lang=sql*/ """
        update carillon.schedule
           set id = $3, owner = $4, handler = $5, mode = $6, version = $7, next_at = $8, last_at = $9, fired_count = $10, max_count = $11, end_at = $12, document = $13,
               calendar = $14
         where tenant = $1 and name = $2
        """;

    private const string FindSql = $"select {Columns} from carillon.schedule where tenant = $1 and name = $2 for update";
    private const string DeleteSql = "delete from carillon.schedule where tenant = '' and name = $1";

    // A fixed delay: the end of the job gives the next instant, unless the schedule has ended meanwhile.
    private const string WakeSql = /*lang=sql*/ """
        update carillon.schedule set next_at = $2
         where tenant = '' and name = $1 and next_at is null and mode <> 2
           and (end_at is null or end_at >= $2) and (max_count is null or fired_count < max_count)
        """;

    public static async Task<bool> TryPutAllAsync(Transaction transaction, IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now)
    {
        var isPut = false;
        await transaction.TryAsync(async () =>
        {
            isPut = true;
            for (var i = 0; isPut && i < schedules.Count; i++)
            {
                isPut = await TryPutAsync(transaction, schedules[i], act, now);
            }

            return isPut;
        });
        return isPut;
    }

    public static async Task<IReadOnlyList<string>> RemoveAllAsync(Transaction transaction, IReadOnlyList<string> names, Act? act, DateTimeOffset now)
    {
        var removed = new List<string>();
        foreach (var name in names)
        {
            if (await TryRemoveAsync(transaction, name, act, now))
            {
                removed.Add(name);
            }
        }

        return removed;
    }

    /// <summary>A job of a fixed-delay schedule has ended.</summary>
    public static Task WakeAsync(Transaction transaction, Job job, DateTimeOffset now) =>
        job is { Schedule: { } name, ScheduleDelay: { } delay } ? WakeAsync(transaction, name, now + delay) : Task.CompletedTask;

    /// <inheritdoc cref="WakeAsync(Transaction, Job, DateTimeOffset)"/>
    public static async Task WakeAsync(Transaction transaction, string name, DateTimeOffset nextAt)
    {
        if (await transaction.Use(WakeSql).Set(name).Set(nextAt).RunAsync() > 0)
        {
            transaction.Tell(StoreSignal.Schedules);
        }
    }

    private static Task<Schedule?> FindAsync(Transaction transaction, string tenant, string name) =>
        transaction.Use(FindSql).Set(tenant).Set(name).FirstAsync(ScheduleRow.ReadSchedule);

    private static async Task<bool> TryPutAsync(Transaction transaction, Schedule schedule, Act? act, DateTimeOffset now)
    {
        var before = await FindAsync(transaction, schedule.Tenant, schedule.Name);
        if (schedule.Version != (before?.Version ?? 0))
        {
            return false;
        }

        var after = schedule.KeepFirings(before) with { Version = schedule.Version + 1 };
        if (!await TryWriteAsync(transaction, before is null ? InsertSql : UpdateSql, after))
        {
            return false;
        }

        transaction.Tell(StoreSignal.Schedules);
        await JournalTable.AppendActAsync(transaction, SubjectOf(after.Name), act, act is null ? default : (ToJson(before), ToJson(after)), now);
        return true;
    }

    // False where another one made a schedule of this name meanwhile.
    private static async Task<bool> TryWriteAsync(Transaction transaction, string sql, Schedule schedule) =>
        await transaction.Use(sql).Set(schedule.Tenant).Set(schedule.Name).Set(schedule.Id).Set(schedule.Owner).Set(schedule.Handler)
            .Set((int)schedule.Mode).Set(schedule.Version).Set(schedule.NextAt).Set(schedule.LastAt)
            .Set(schedule.FiredCount).Set(schedule.MaxCount).Set(schedule.EndAt)
            .Set(JsonSerializer.Serialize(schedule, StoreJson.Default.Schedule)).Set(schedule.Calendar).RunAsync() > 0;

    private static async Task<bool> TryRemoveAsync(Transaction transaction, string name, Act? act, DateTimeOffset now)
    {
        if (await FindAsync(transaction, "", name) is not { } before)
        {
            return false;
        }

        await transaction.Use(DeleteSql).Set(name).RunAsync();
        transaction.Tell(StoreSignal.Schedules);
        await JournalTable.AppendActAsync(transaction, SubjectOf(name), act, act is null ? default : (ToJson(before), null), now);
        return true;
    }

    private static Subject SubjectOf(string schedule) => new(SubjectKind.Schedule, schedule);

    private static JsonNode? ToJson(Schedule? schedule) => JsonSerializer.SerializeToNode(schedule, StoreJson.Default.Schedule!);
}
