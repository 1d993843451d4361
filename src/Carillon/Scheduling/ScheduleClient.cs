using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>The door to schedules: put, look, pause, resume, trigger, remove. Safe for concurrent use; every change is recorded with who made it.</summary>
public sealed partial class ScheduleClient
{
    private const int MaxPreview = 1_000;
    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly JobIds _ids;
    private readonly ScheduleDefaults _defaults;

    internal ScheduleClient(IStore store, TimeProvider clock, JobIds ids, ScheduleDefaults defaults) =>
        (_store, _clock, _ids, _defaults) = (store, clock, ids, defaults);

    /// <summary>One schedule; null when there is none of that name.</summary>
    public Task<Schedule?> GetAsync(string name, CancellationToken cancellationToken = default) => _store.GetScheduleAsync(name, cancellationToken);

    /// <summary>By name, in ordinal order.</summary>
    public Task<IReadOnlyList<Schedule>> ListAsync(ScheduleQuery query, CancellationToken cancellationToken = default) =>
        _store.ListSchedulesAsync(query, cancellationToken);

    /// <summary>Removes it; jobs that it made stay. False when there was none.</summary>
    public async Task<bool> RemoveAsync(string name, Act act, CancellationToken cancellationToken = default) =>
        (await RemoveAsync([name], act, cancellationToken)).Count > 0;

    /// <summary>Removes all of them at once; says which existed.</summary>
    public Task<IReadOnlyList<string>> RemoveAsync(IReadOnlyList<string> names, Act act, CancellationToken cancellationToken = default) =>
        _store.RemoveSchedulesAsync(names, act, _clock.GetUtcNow(), cancellationToken);

    /// <summary>Makes no job from now on, until it is resumed; jobs that it made go on. Null when there is none of that name.</summary>
    public Task<Schedule?> PauseAsync(string name, string? reason, Act act, CancellationToken cancellationToken = default) => ChangeAsync(
        name,
        (schedule, _) => schedule.Mode == ScheduleMode.Paused && schedule.PauseReason == reason
            ? schedule
            : ScheduleDraft.Pause(schedule, reason, act.Who),
        act, cancellationToken);

    /// <summary>
    /// Goes on from now: instants that went by while it was paused are recorded as skipped and not caught up. Null when there is none of
    /// that name.
    /// </summary>
    public async Task<Schedule?> ResumeAsync(string name, Act act, CancellationToken cancellationToken = default)
    {
        var isAwaited = await IsAwaitedAsync(name, cancellationToken);
        var resumed = await ChangeAsync(
            name, (schedule, now) => schedule.Mode != ScheduleMode.Paused ? schedule : Resume(schedule, now, isAwaited), act, cancellationToken);
        return resumed is { NextAt: null } && isAwaited ? await WakeAsync(resumed, act, cancellationToken) : resumed;
    }

    /// <summary>
    /// Makes a job now, with the template's arguments and the tag <c>manual</c>, whether or not the schedule is paused; where overlap is not
    /// allowed it waits for the live one. The schedule's own instants stay. Null when there is none of that name.
    /// </summary>
    public async Task<Guid?> TriggerAsync(string name, Act act, CancellationToken cancellationToken = default)
    {
        if (await GetAsync(name, cancellationToken) is not { } schedule) return null;
        var now = _clock.GetUtcNow();
        var job = FireRule.NewJobOf(schedule, _ids.Next(), now) with { RunAt = now, Tags = ["manual"] };
        return (await _store.EnqueueAsync([job], Recorded(schedule, job, act, now), now, cancellationToken))[0].Id;
    }

    /// <summary>
    /// The instants to come as things stand now, at most 1,000; of a paused schedule those after a resume now. After a fixed delay's next
    /// instant the others are only reckoned, as if its jobs took no time. Null when there is none of that name.
    /// </summary>
    public async Task<IReadOnlyList<Occurrence>?> NextAsync(string name, int count, CancellationToken cancellationToken = default)
    {
        CheckCount(count);
        return await GetAsync(name, cancellationToken) is { } schedule ? ScheduleTiming.Forecast(schedule, count, _clock.GetUtcNow()) : null;
    }

    /// <summary>What a text means, and its next instants.</summary>
    /// <exception cref="InvalidRequestException">The text or the zone has faults; all are listed.</exception>
    public RecurrencePreview Preview(PreviewRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckCount(request.Count);
        Throw([.. ScheduleRules.When(request.Kind, request.Expression, request.Dialect, (request.Zone, _defaults.Zone), request.Name)]);
        var recurrence = Recurrence.Parse(Timetable.TextOf(request.Kind, request.Expression, request.Dialect, request.Name)).With(request.Changes);
        Zones.TryFind(request.Zone ?? _defaults.Zone, out var zone, out _);
        return RecurrencePreview.Of(recurrence, zone!, request.From ?? _clock.GetUtcNow(), request.IsInclusive, request.Count);
    }

    private static Schedule Resume(Schedule schedule, DateTimeOffset now, bool isAwaited) => schedule with
    {
        Mode = schedule.ResumesAs,
        ResumesAs = ScheduleMode.Live,
        PauseReason = null,
        PausedBy = null,
        NextAt = isAwaited ? null : ScheduleTiming.First(schedule, now, mustFire: false),
    };

    /// <summary>True when a job of it lives whose end gives the next instant.</summary>
    private async Task<bool> IsAwaitedAsync(string name, CancellationToken cancellationToken)
    {
        JobState[] live = [JobState.Pending, JobState.Running, JobState.Waiting];
        var jobs = await _store.ListAsync(new JobQuery { Filter = new JobFilter { Schedule = name, States = live }, Limit = 200 }, cancellationToken);
        return jobs.Any(job => job.ScheduleDelay is not null);
    }

    // The job whose end was to give the next instant may have ended while the schedule still was paused, and then gave none.
    private async Task<Schedule?> WakeAsync(Schedule resumed, Act act, CancellationToken cancellationToken) =>
        await IsAwaitedAsync(resumed.Name, cancellationToken)
            ? resumed
            : await ChangeAsync(
                resumed.Name,
                (schedule, now) => schedule is { NextAt: null, Mode: not ScheduleMode.Paused } && ScheduleTiming.First(schedule, now, mustFire: false) is { } first
                    ? schedule with { NextAt = first }
                    : schedule,
                act, cancellationToken);

    /// <summary>Two people may act at once: the version says who came second, and the second one looks again.</summary>
    private async Task<Schedule?> ChangeAsync(string name, Func<Schedule, DateTimeOffset, Schedule> change, Act act, CancellationToken cancellationToken)
    {
        while (await GetAsync(name, cancellationToken) is { } before)
        {
            var now = _clock.GetUtcNow();
            var after = change(before, now);
            if (ReferenceEquals(before, after)) return before;
            if (await TryPutAsync([(before, after)], act, now, cancellationToken)) return await GetAsync(name, cancellationToken);
        }

        return null;
    }

    private async Task<bool> TryPutAsync(IReadOnlyList<(Schedule Before, Schedule After)> changes, Act act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await _store.PutSchedulesAsync([.. changes.Select(change => change.After with { UpdatedAt = now })], act, now, cancellationToken)) return false;
        await TellSkippedAsync(changes, now, cancellationToken);
        return true;
    }

    // Only what a put leaves behind: instants that were due and will not come again.
    private async Task TellSkippedAsync(IEnumerable<(Schedule Before, Schedule After)> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var facts = changes.Where(change => change.After.NextAt != change.Before.NextAt)
            .Select(change => ScheduleTiming.Skipped(change.Before, change.Before.Mode == ScheduleMode.Paused ? SkippedFact.Paused : SkippedFact.Changed, now))
            .OfType<JournalEntry>().ToList();
        if (facts.Count > 0) await _store.AppendAsync(facts, cancellationToken);
    }

    private static JournalEntry Recorded(Schedule schedule, NewJob job, Act act, DateTimeOffset now) => new()
    {
        Subject = new Subject(SubjectKind.Schedule, schedule.Name),
        Kind = JournalKinds.Act,
        At = now,
        Who = act.Who,
        From = act.From,
        Data = new System.Text.Json.Nodes.JsonObject { ["act"] = act.What, ["after"] = new System.Text.Json.Nodes.JsonObject { ["job"] = job.Id } }.ToJsonString(),
    };

    private static void CheckCount(int count)
    {
        if (count is < 1 or > MaxPreview) throw new InvalidRequestException([new Fault("count", $"{count}", $"must be from 1 to {MaxPreview}")]);
    }

    private static void Throw(IReadOnlyList<Fault> faults)
    {
        if (faults.Count > 0) throw new InvalidRequestException(faults);
    }
}
