using System.Collections.Concurrent;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.AspNetCore.Compatibility;

/// <summary>
/// Finds schedules by the id that the older clients use. Schedules live under their names, so a name once seen is remembered and checked;
/// only an id never seen costs a walk through all of them.
/// </summary>
internal sealed class ScheduleIds(ScheduleClient schedules)
{
    private const int Page = 200;
    private readonly ConcurrentDictionary<Guid, string> _names = new();

    public void Remember(Schedule schedule) => _names[schedule.Id] = schedule.Name;

    public async Task<Schedule?> FindAsync(string given, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(given, out var id))
        {
            return null;
        }

        if (_names.TryGetValue(id, out var name) && await schedules.GetAsync(name, cancellationToken) is { } known && known.Id == id)
        {
            return known;
        }

        _names.TryRemove(id, out _);
        return await WalkAsync(id, cancellationToken);
    }

    private async Task<Schedule?> WalkAsync(Guid id, CancellationToken cancellationToken)
    {
        string? after = null;
        IReadOnlyList<Schedule> page;
        do
        {
            page = await schedules.ListAsync(new ScheduleQuery { After = after, Limit = Page }, cancellationToken);
            foreach (var schedule in page)
            {
                Remember(schedule);
                after = schedule.Name;
                if (schedule.Id == id)
                {
                    return schedule;
                }
            }
        }
        while (page.Count == Page);
        return null;
    }
}
