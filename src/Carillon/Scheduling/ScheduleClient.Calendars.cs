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
            foreach (var schedule in page)
            {
                await ChangeAsync(schedule.Name, (before, now) => Replan(before, calendar, bundle, now), act, cancellationToken);
            }

            if (page.Count < CalendarPage) return;
            query = query with { After = page[^1].Name };
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
