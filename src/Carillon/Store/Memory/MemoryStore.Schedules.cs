using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carillon.Store.Memory;

// Schedules at rest.
internal sealed partial class MemoryStore
{
    public Task<bool> PutSchedulesAsync(IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => TryPutSchedules(schedules, act, now), cancellationToken);

    public Task<IReadOnlyList<string>> RemoveSchedulesAsync(IReadOnlyList<string> names, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<string>>(() => [.. names.Where(name => TryRemoveSchedule(name, act, now))], cancellationToken);

    public Task<Schedule?> GetScheduleAsync(string name, CancellationToken cancellationToken) =>
        TransactAsync(() => _schedules.GetValueOrDefault(name), cancellationToken);

    public Task<IReadOnlyList<Schedule>> ListSchedulesAsync(ScheduleQuery query, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Schedule>>(() => ListSchedules(query), cancellationToken);

    public Task<DueSchedules> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        TransactAsync(() => ListDue(now, limit), cancellationToken);

    private bool TryPutSchedules(IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now)
    {
        if (schedules.All(schedule => TryPutSchedule(schedule, act, now)))
        {
            return true;
        }

        RollBack();
        return false;
    }

    private bool TryPutSchedule(Schedule schedule, Act? act, DateTimeOffset now)
    {
        var before = _schedules.GetValueOrDefault(schedule.Name);
        if (schedule.Version != (before?.Version ?? 0))
        {
            return false;
        }

        var after = schedule.KeepFirings(before) with { Version = schedule.Version + 1 };
        SaveSchedule(after);
        AppendAct(SubjectOf(after.Name), act, ToJson(before), ToJson(after), now);
        return true;
    }

    private bool TryRemoveSchedule(string name, Act? act, DateTimeOffset now)
    {
        if (!_schedules.TryGetValue(name, out var before))
        {
            return false;
        }

        Remove(_schedules, name);
        _signal |= StoreSignal.Schedules;
        AppendAct(SubjectOf(name), act, ToJson(before), null, now);
        return true;
    }

    private void SaveSchedule(Schedule schedule)
    {
        Put(_schedules, schedule.Name, schedule);
        _signal |= StoreSignal.Schedules;
    }

    private static Subject SubjectOf(string schedule) => new(SubjectKind.Schedule, schedule);

    private static JsonNode? ToJson(Schedule? schedule) => JsonSerializer.SerializeToNode(schedule, StoreJson.Default.Schedule!);

    private List<Schedule> ListSchedules(ScheduleQuery query) =>
    [
        .. _schedules.Values.Where(schedule => query.Owner is null || schedule.Owner == query.Owner)
            .Where(schedule => query.Handler is null || schedule.Handler == query.Handler)
            .Where(schedule => query.Calendar is null || schedule.Calendar == query.Calendar)
            .Where(schedule => query.Mode is null || schedule.Mode == query.Mode)
            .Where(schedule => query.After is null || string.CompareOrdinal(schedule.Name, query.After) > 0)
            .OrderBy(schedule => schedule.Name, StringComparer.Ordinal)
            .Take(query.Limit),
    ];

    private DueSchedules ListDue(DateTimeOffset now, int limit)
    {
        var waiting = _schedules.Values.Where(schedule => schedule.Mode != ScheduleMode.Paused && schedule.NextAt is not null)
            .OrderBy(schedule => schedule.NextAt).ThenBy(schedule => schedule.Name, StringComparer.Ordinal).ToList();
        var due = waiting.TakeWhile(schedule => schedule.NextAt <= now).Take(limit).ToList();
        return new DueSchedules(due, waiting.Skip(due.Count).FirstOrDefault()?.NextAt);
    }
}
