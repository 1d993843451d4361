using System.Text.Json;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>
/// A calendar with all that it is combined with, as a schedule carries it: its instants are then a matter of its own row, and no node can
/// reckon with another calendar than the rest.
/// </summary>
internal static class CalendarBundle
{
    /// <summary>The calendar of this name and those that it names, as JSON; null where one of them is missing.</summary>
    public static string? Of(string name, IReadOnlyDictionary<string, string> all)
    {
        var found = Closure(name, all);
        return found.All(all.ContainsKey) ? JsonSerializer.Serialize(new SortedDictionary<string, string>(found.ToDictionary(each => each, each => all[each]), StringComparer.Ordinal), StoreJson.Default.SortedDictionaryStringString) : null;
    }

    /// <summary>The calendar as a schedule carries it; null where it carries none.</summary>
    public static Calendar? Read(Schedule schedule, out string? error)
    {
        error = null;
        if (schedule.Calendar is not { } name) return null;
        var all = schedule.Calendars is null ? [] : JsonSerializer.Deserialize(schedule.Calendars, StoreJson.Default.SortedDictionaryStringString)!;
        if (all.TryGetValue(name, out var json)) return Calendar.TryParse(json, all.GetValueOrDefault, out var calendar, out error) ? calendar : null;
        error = $"The calendar '{Shown.Of(name)}' is not there; make it, or put the schedule without it.";
        return null;
    }

    /// <summary>A calendar's name and the names of all that it is combined with.</summary>
    public static IReadOnlySet<string> Closure(string name, IReadOnlyDictionary<string, string> all)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([name]);
        while (open.TryPop(out var each))
        {
            if (!found.Add(each) || !all.TryGetValue(each, out var json)) continue;
            foreach (var other in Calendar.NamesIn(json)) open.Push(other);
        }

        return found;
    }
}
