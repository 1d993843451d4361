using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>Which instant comes first once a schedule was written or resumed.</summary>
internal static class ScheduleTiming
{
    /// <summary>The first instant from now on; null when there is none. Throws with the words why, where the schedule could never make a job.</summary>
    public static DateTimeOffset? First(Schedule schedule, DateTimeOffset now, bool mustFire)
    {
        var timetable = Timetable.Read(schedule, out var error) ?? throw new InvalidRequestException(error!);
        if (schedule.FiredCount >= schedule.MaxCount) return null;
        var first = timetable.Next(now);
        return first is not null || !mustFire ? first : throw new InvalidRequestException([Never(schedule, timetable, now)]);
    }

    private static Fault Never(Schedule schedule, Timetable timetable, DateTimeOffset now)
    {
        var recurrence = Recurrence.Parse(Timetable.TextOf(schedule));
        Zones.TryFind(schedule.Zone, out var zone, out _);
        if (schedule.EndAt <= now) return new Fault("endAt", $"{schedule.EndAt:O}", "is already past; give a later instant or leave it out");
        var isExcluded = timetable.Explain().Contains("the calendar leaves nothing", StringComparison.Ordinal);
        if (isExcluded) return new Fault("calendar", schedule.Calendar, "leaves none of its instants; change one of them");
        if (recurrence.Next(now, zone!) is not null) return new Fault(schedule.EndAt is null ? "startAt" : "endAt", $"{schedule.EndAt ?? schedule.StartAt:O}", "there is no instant from startAt to endAt; move one of them or leave it out");
        return schedule.Kind == RecurrenceKind.At
            ? new Fault("at", schedule.Expression, $"is in the past (it is {zone!.ToLocal(now):O} now); give a later instant, or enqueue a job")
            : new Fault(ScheduleRules.FieldOf(schedule.Kind), schedule.Expression, recurrence.Explain());
    }

    /// <summary>The instants that went by while a schedule did nothing, as one entry; null when there were none.</summary>
    public static JournalEntry? Skipped(Schedule schedule, string reason, DateTimeOffset now)
    {
        if (schedule.NextAt is not { } nextAt || nextAt > now || Timetable.Read(schedule, out _) is not { } timetable) return null;
        if (timetable.DelayAfterEnd is not null) return SkippedFact.Of(schedule.Name, reason, new Segment(nextAt, nextAt, 1, false), now);
        return new DueInstants(timetable, nextAt).Between(nextAt, now) is { } range ? SkippedFact.Of(schedule.Name, reason, range, now) : null;
    }

    /// <summary>The instants to come, at most <paramref name="count"/>, as things stand now.</summary>
    public static List<Occurrence> Forecast(Schedule schedule, int count, DateTimeOffset now)
    {
        var occurrences = new List<Occurrence>();
        if (Timetable.Read(schedule, out _) is not { } timetable) return occurrences;
        var left = Math.Min(count, (schedule.MaxCount - schedule.FiredCount) ?? long.MaxValue);
        var isKept = schedule.Mode != ScheduleMode.Paused;
        for (var next = isKept ? schedule.NextAt : timetable.Next(now); next is not null && occurrences.Count < left; next = timetable.Next(next.Value))
        {
            occurrences.Add(new Occurrence(next.Value, timetable.ToLocal(next.Value)));
        }

        return occurrences;
    }
}
