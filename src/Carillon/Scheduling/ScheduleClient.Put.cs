using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

// Making and changing.
public sealed partial class ScheduleClient
{
    /// <summary>
    /// Makes the schedule or changes the one of its name. A change keeps its id, its count and its pause; its next instant is found anew
    /// only when the recurrence, the zone or the start changed, and an interval's anchor moves only with those of its own.
    /// </summary>
    /// <exception cref="InvalidRequestException">The request has faults; all are listed. One that can never fire is such a fault.</exception>
    public async Task<PutResult> PutAsync(ScheduleRequest request, Act act, PutCondition condition = PutCondition.Any, CancellationToken cancellationToken = default)
    {
        Throw([.. ScheduleRules.Check(request, _defaults)]);
        while (true)
        {
            var before = await GetAsync(request.Name, cancellationToken);
            if (condition == (before is null ? PutCondition.MustExist : PutCondition.MustBeNew)) return new PutResult(PutStatus.Refused, before);
            if (await TryPutAsync([(request, before)], act, cancellationToken) is { } results) return results[0];
        }
    }

    /// <summary>Puts many, all or none: a fault in one, named by its place, leaves everything as it was. For configuration files.</summary>
    /// <exception cref="InvalidRequestException">A request has faults; those of all requests are listed.</exception>
    public async Task<IReadOnlyList<PutResult>> PutAllAsync(IReadOnlyList<ScheduleRequest> requests, Act act, CancellationToken cancellationToken = default)
    {
        Throw([.. Twice(requests), .. requests.SelectMany((request, place) => ScheduleRules.Check(request, _defaults).Select(fault => At(fault, place)))]);
        while (true)
        {
            var pairs = new List<(ScheduleRequest, Schedule?)>(requests.Count);
            foreach (var request in requests) pairs.Add((request, await GetAsync(request.Name, cancellationToken)));
            if (await TryPutAsync(pairs, act, cancellationToken) is { } results) return results;
        }
    }

    /// <summary>Null: another writer was quicker.</summary>
    private async Task<IReadOnlyList<PutResult>?> TryPutAsync(IReadOnlyList<(ScheduleRequest Request, Schedule? Before)> pairs, Act act, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var drafts = new List<Schedule>(pairs.Count);
        var faults = new List<Fault>();
        foreach (var (request, before) in pairs) drafts.Add(await DraftAsync(request, before, act, now, pairs.Count > 1 ? drafts.Count : null, faults, cancellationToken));
        Throw(faults);
        var isChanged = drafts.Select((draft, place) => !ReferenceEquals(draft, pairs[place].Before)).ToList();
        var changed = drafts.Where((_, place) => isChanged[place]).ToList();
        if (changed.Count > 0 && !await _store.PutSchedulesAsync(changed, act, now, cancellationToken)) return null;
        await TellSkippedAsync(drafts.Select((draft, place) => (pairs[place].Before!, draft)).Where(pair => pair.Item1 is not null), now, cancellationToken);
        foreach (var asleep in changed.Where(draft => draft is { NextAt: null, Mode: not ScheduleMode.Paused })) await WakeAsync(asleep, act, cancellationToken);
        return [.. drafts.Select((draft, place) => new PutResult(StatusOf(pairs[place].Before, isChanged[place]), isChanged[place] ? draft with { Version = draft.Version + 1 } : draft))];
    }

    private static PutStatus StatusOf(Schedule? before, bool isChanged) =>
        before is null ? PutStatus.Created : isChanged ? PutStatus.Updated : PutStatus.Unchanged;

    private async Task<Schedule> DraftAsync(
        ScheduleRequest request, Schedule? before, Act act, DateTimeOffset now, int? place, List<Fault> faults, CancellationToken cancellationToken)
    {
        var named = Recurrence.Parse(Timetable.TextOf(request.Kind, request.Expression, request.Dialect, request.Name)).Zone;
        Zones.TryFind(request.Zone ?? named?.Id ?? _defaults.Zone, out var zone, out _);
        var missing = new List<Fault>();
        var calendars = await BundleAsync(request.Calendar, missing, cancellationToken);
        faults.AddRange(place is { } where ? missing.Select(fault => At(fault, where)) : missing);
        var queue = request.Queue ?? await _defaults.QueueAsync(request.Handler, cancellationToken);
        var draft = ScheduleDraft.Of(request, before, before?.Id ?? _ids.Next(), act, (zone!.Id, queue, calendars, now));
        if (ReferenceEquals(draft, before) || missing.Count > 0) return draft;
        try
        {
            return draft with { NextAt = await NextOfAsync(before, draft, now, cancellationToken) };
        }
        catch (InvalidRequestException exception)
        {
            faults.AddRange(place is { } at ? exception.Faults.Select(fault => At(fault, at)) : exception.Faults);
            return draft;
        }
    }

    private async Task<DateTimeOffset?> NextOfAsync(Schedule? before, Schedule draft, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isRetimed = before is null || ScheduleDraft.IsRetimed(before, draft);
        var isResumed = before?.Mode == ScheduleMode.Paused && draft.Mode != ScheduleMode.Paused;
        if (!isRetimed && !isResumed && draft.NextAt is { } kept && !(draft.EndAt < kept)) return kept;
        if (before is not null && Timetable.Read(draft, out _)?.DelayAfterEnd is not null && await IsAwaitedAsync(draft.Name, cancellationToken)) return null;
        return ScheduleTiming.First(draft, now, mustFire: isRetimed);
    }

    private static IEnumerable<Fault> Twice(IReadOnlyList<ScheduleRequest> requests) =>
        requests.Select((request, place) => (request.Name, Place: place)).GroupBy(item => item.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => At(new Fault("name", group.Key, $"stands at {string.Join(", ", group.Select(item => $"[{item.Place}]"))}; a name is unique"), group.First().Place));

    private static Fault At(Fault fault, int place) => fault with { Field = fault.Field.Length == 0 ? $"schedules[{place}]" : $"schedules[{place}].{fault.Field}" };
}
