using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>
/// Decides what a due schedule makes. An instant up to a minute old is late and makes its job; an older one was missed, and the misfire
/// policy decides. No instant is dropped without an entry that says why.
/// </summary>
internal static class FireRule
{
    /// <summary>Older instants were missed.</summary>
    public static readonly TimeSpan LateUpTo = TimeSpan.FromSeconds(60);

    /// <summary>The step of a schedule whose next instant is not after <paramref name="now"/>.</summary>
    public static Firing Decide(Schedule schedule, Timetable timetable, DateTimeOffset now, Chance chance, JobIds ids)
    {
        var nextAt = schedule.NextAt ?? throw new ArgumentException($"Schedule '{schedule.Name}' has no next instant.", nameof(schedule));
        var instants = timetable.DelayAfterEnd is null ? Choose(schedule, new DueInstants(timetable, nextAt), now) : ChooseOne(schedule, nextAt, now);
        LimitCount(schedule, instants, now);
        var jobs = schedule.Mode == ScheduleMode.Live ? instants.Chosen.ConvertAll(instant => Make(schedule, timetable, instant, now, chance, ids)) : [];
        if (schedule.Mode == ScheduleMode.Shadow) instants.Facts.AddRange(instants.Chosen.Select(instant => Shadow(schedule, instant, now)));
        return new Firing(schedule.Name, schedule.Id, schedule.Version, nextAt, After(timetable, jobs, now))
        {
            Jobs = jobs,
            Overlap = OverlapOf(schedule, timetable),
            ConcurrencyKey = KeyOf(schedule),
            Facts = instants.Facts,
        };
    }

    /// <summary>The key that a schedule's jobs carry; null where they may run side by side.</summary>
    public static string? KeyOf(Schedule schedule) => schedule.Overlap == OverlapPolicy.Allow ? null : schedule.ConcurrencyKey;

    private static Instants Choose(Schedule schedule, DueInstants due, DateTimeOffset now)
    {
        var upTo = schedule.EndAt < now ? schedule.EndAt.Value : now;
        var lateFrom = now - LateUpTo;
        var missedTo = Earlier(upTo, lateFrom.AddTicks(-1));
        var windowFrom = now - schedule.MisfireWindow;
        var late = due.All(lateFrom, upTo);
        var caughtUp = due.Latest(windowFrom, missedTo, CatchUp(schedule, late.Count));
        var facts = new List<JournalEntry>();
        AddSkipped(facts, schedule, SkippedFact.OutsideWindow, due.Between(DateTimeOffset.MinValue, Earlier(missedTo, windowFrom.AddTicks(-1))), now);
        AddSkipped(facts, schedule, SkippedFact.Misfire, due.Between(windowFrom, caughtUp.Count > 0 ? caughtUp[0].AddTicks(-1) : missedTo), now);
        return new Instants([.. caughtUp, .. late], facts);
    }

    // One that is only late stands for the missed ones before it: `once` promises one run, not two at the same moment.
    private static int CatchUp(Schedule schedule, int late) => schedule.Misfire switch
    {
        MisfirePolicy.Once => late > 0 ? 0 : 1,
        MisfirePolicy.All => schedule.MisfireMax,
        _ => 0,
    };

    /// <summary>A fixed delay has one instant: the one after it waits for the job's end.</summary>
    private static Instants ChooseOne(Schedule schedule, DateTimeOffset instant, DateTimeOffset now)
    {
        if (schedule.EndAt < instant) return new Instants([], []);
        var age = now - instant;
        if (age <= LateUpTo || (schedule.Misfire != MisfirePolicy.Skip && age <= schedule.MisfireWindow)) return new Instants([instant], []);
        var reason = age > schedule.MisfireWindow ? SkippedFact.OutsideWindow : SkippedFact.Misfire;
        return new Instants([], [SkippedFact.Of(schedule.Name, reason, new Segment(instant, instant, 1, false), now)]);
    }

    private static void LimitCount(Schedule schedule, Instants instants, DateTimeOffset now)
    {
        if (schedule.MaxCount is not { } maxCount || instants.Chosen.Count <= maxCount - schedule.FiredCount) return;
        var left = (int)Math.Max(0, maxCount - schedule.FiredCount);
        var range = new Segment(instants.Chosen[left], instants.Chosen[^1], instants.Chosen.Count - left, false);
        instants.Facts.Add(SkippedFact.Of(schedule.Name, SkippedFact.MaxCount, range, now));
        instants.Chosen.RemoveRange(left, instants.Chosen.Count - left);
    }

    // The store ends a schedule that has fired as often as it may, and wakes one that waits for its job's end.
    private static DateTimeOffset? After(Timetable timetable, List<NewJob> jobs, DateTimeOffset now) =>
        timetable.DelayAfterEnd is not null && jobs.Count > 0 ? null : timetable.Next(now);

    // A fixed delay only ever meets a job that a person triggered. Skipping would leave it without a job, whose end is its next instant.
    private static OverlapPolicy OverlapOf(Schedule schedule, Timetable timetable) =>
        timetable.DelayAfterEnd is not null && schedule.Overlap == OverlapPolicy.Skip ? OverlapPolicy.Queue : schedule.Overlap;

    private static NewJob Make(Schedule schedule, Timetable timetable, DateTimeOffset instant, DateTimeOffset now, Chance chance, JobIds ids)
    {
        // Missed ones are spread from now on: counted from their own instants they would all be due at once, and before everyone else's.
        var from = now - instant > LateUpTo ? now : instant;
        return NewJobOf(schedule, ids.Next(), instant) with
        {
            RunAt = from + (schedule.Jitter == TimeSpan.Zero ? TimeSpan.Zero : schedule.Jitter * chance.NextDouble()),
            IsDelayed = true,
            ScheduleDelay = timetable.DelayAfterEnd,
        };
    }

    /// <summary>The template's job for an instant.</summary>
    public static NewJob NewJobOf(Schedule schedule, Guid id, DateTimeOffset instant) => new()
    {
        Id = id,
        Tenant = schedule.Tenant,
        Handler = schedule.Handler,
        Args = schedule.Args,
        Queue = schedule.Queue,
        Priority = schedule.Priority,
        Group = schedule.Group,
        Retry = schedule.Retry,
        Timeout = schedule.Timeout,
        Output = schedule.Output,
        Schedule = schedule.Name,
        ScheduledAt = instant,
        ConcurrencyKey = KeyOf(schedule),
    };

    private static JournalEntry Shadow(Schedule schedule, DateTimeOffset instant, DateTimeOffset now) => new()
    {
        Subject = new Subject(SubjectKind.Schedule, schedule.Name),
        Kind = JournalKinds.Shadow,
        At = now,
        Data = new JsonObject { ["at"] = instant }.ToJsonString(),
    };

    private static void AddSkipped(List<JournalEntry> facts, Schedule schedule, string reason, Segment? range, DateTimeOffset now)
    {
        if (range is { } some) facts.Add(SkippedFact.Of(schedule.Name, reason, some, now));
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    /// <summary>What was decided of the due instants: those that make a job, oldest first, and entries for the others.</summary>
    private sealed record Instants(List<DateTimeOffset> Chosen, List<JournalEntry> Facts);
}
