using Carillon.Jobs;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>What became of a calendar that was to be removed.</summary>
/// <param name="IsRemoved">False where there is none of that name, or something uses it.</param>
/// <param name="UsedBy">What uses it: <c>schedule 'nightly'</c>, <c>calendar 'company'</c>; some of them, where they are many.</param>
public sealed record CalendarRemoval(bool IsRemoved, IReadOnlyList<string> UsedBy);

/// <summary>
/// The door to calendars: look, put, remove. A schedule carries the calendar as it was when either of them was last put; putting a calendar puts it into all
/// schedules that use it, and finds their next instants anew. Putting it again, unchanged, repairs what a crash between the two left undone.
/// </summary>
public sealed class CalendarClient
{
    private const int MaxText = 64 * 1024;
    private const int Page = 200;
    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly ScheduleClient _schedules;

    internal CalendarClient(IStore store, TimeProvider clock, ScheduleClient schedules) => (_store, _clock, _schedules) = (store, clock, schedules);

    /// <summary>All calendars by name; the body is the JSON that <see cref="Calendar.TryParse"/> reads.</summary>
    public Task<IReadOnlyList<Definition>> ListAsync(CancellationToken cancellationToken = default) => _store.ListDefinitionsAsync(DefinitionKinds.Calendar, cancellationToken);

    /// <summary>One calendar; null when there is none of that name.</summary>
    public Task<Definition?> GetAsync(string name, CancellationToken cancellationToken = default) => _store.GetDefinitionAsync(DefinitionKinds.Calendar, name, cancellationToken);

    /// <summary>Makes or changes a calendar. True when it is new.</summary>
    /// <exception cref="InvalidRequestException">It cannot be read, or a calendar that is combined with it could not be any more.</exception>
    public async Task<bool> PutAsync(string name, string json, Act act, CancellationToken cancellationToken = default)
    {
        Throw([.. JobRules.Name("name", name), .. json.Length > MaxText ? [new Fault("calendar", $"{json.Length} characters", $"at most {MaxText} are allowed")] : Array.Empty<Fault>()]);
        while (true)
        {
            var stored = (await ListAsync(cancellationToken)).ToDictionary(definition => definition.Name, StringComparer.Ordinal);
            var all = stored.ToDictionary(pair => pair.Key, pair => pair.Value.Body, StringComparer.Ordinal);
            all[name] = json;
            var touched = all.Keys.Where(each => CalendarBundle.Closure(each, all).Contains(name)).ToList();
            Throw([.. touched.Select(each => Check(each, name, all)).OfType<Fault>()]);
            var before = stored.GetValueOrDefault(name);
            var isWritten = before?.Body == json || await _store.PutDefinitionAsync(DefinitionKinds.Calendar, name, json, before?.Version ?? 0, act, _clock.GetUtcNow(), cancellationToken);
            if (!isWritten) continue;
            foreach (var each in touched) await _schedules.ReplanAsync(each, CalendarBundle.Of(each, all), act, cancellationToken);
            return before is null;
        }
    }

    /// <summary>Removes it, unless a schedule or another calendar uses it.</summary>
    public async Task<CalendarRemoval> RemoveAsync(string name, Act act, CancellationToken cancellationToken = default)
    {
        var used = (await _store.ListSchedulesAsync(new ScheduleQuery { Calendar = name, Limit = Page }, cancellationToken)).Select(schedule => $"schedule '{schedule.Name}'")
            .Concat((await ListAsync(cancellationToken)).Where(other => other.Name != name && Calendar.NamesIn(other.Body).Contains(name)).Select(other => $"calendar '{other.Name}'")).ToList();
        return new CalendarRemoval(used.Count == 0 && await _store.RemoveDefinitionAsync(DefinitionKinds.Calendar, name, act, _clock.GetUtcNow(), cancellationToken), used);
    }

    private static Fault? Check(string each, string put, Dictionary<string, string> all)
    {
        if (Calendar.TryParse(all[each], all.GetValueOrDefault, out _, out var error)) return null;
        return new Fault("calendar", each, each == put ? error : $"could not be read any more: {error}");
    }

    private static void Throw(IReadOnlyList<Fault> faults)
    {
        if (faults.Count > 0) throw new InvalidRequestException(faults);
    }
}
