using Carillon.Store;

namespace Carillon.Scheduling;

// Schedules and their calendars.
public sealed partial class ScheduleClient
{
    private const int CalendarPage = 200;

    /// <summary>Puts a calendar into all schedules that use it; their next instants are found anew from now on. A pause's and a fixed delay's stay.</summary>
    internal async Task ReplanAsync(string calendar, string? bundle, Act act, CancellationToken cancellationToken)
    {
        for (var query = new ScheduleQuery { Calendar = calendar, Limit = CalendarPage }; ;)
        {
            var page = await ListAsync(query, cancellationToken);
            await ReplanAsync(page, (before, now) => Replan(before, calendar, bundle, now), act, cancellationToken);
            if (page.Count < CalendarPage) return;
            query = query with { After = page[^1].Name };
        }
    }

    // A page at once; where somebody else changed one of it meanwhile, one by one.
    private async Task ReplanAsync(IReadOnlyList<Schedule> page, Func<Schedule, DateTimeOffset, Schedule> change, Act act, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var changes = page.Select(before => (Before: before, After: change(before, now))).Where(pair => !ReferenceEquals(pair.Before, pair.After)).ToList();
        if (changes.Count == 0 || await TryPutAsync(changes, act, now, cancellationToken)) return;
        foreach (var (before, _) in changes)
        {
            await ChangeAsync(before.Name, change, act, cancellationToken);
        }
    }

    private static Schedule Replan(Schedule schedule, string calendar, string? bundle, DateTimeOffset now)
    {
        if (schedule.Calendar != calendar || schedule.Calendars == bundle) return schedule;
        var after = schedule with { Calendars = bundle };
        if (schedule.Mode == ScheduleMode.Paused || Timetable.Read(after, out _) is not { DelayAfterEnd: null }) return after;
        return after with { NextAt = ScheduleTiming.First(after, now, mustFire: false) };
    }

    /// <summary>What a schedule that asks for a calendar carries of it; null with a fault where there is none.</summary>
    private async Task<string?> BundleAsync(string? calendar, List<Fault> faults, CancellationToken cancellationToken)
    {
        if (calendar is null) return null;
        var all = (await _store.ListDefinitionsAsync(DefinitionKinds.Calendar, cancellationToken)).ToDictionary(definition => definition.Name, definition => definition.Body, StringComparer.Ordinal);
        var bundle = CalendarBundle.Of(calendar, all);
        if (bundle is null) faults.Add(new Fault("calendar", calendar, "does not exist; put the calendar first (PUT /api/v1/calendars/{name}, carillon calendar put)"));
        return bundle;
    }
}
