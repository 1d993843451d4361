using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>What a valid request makes of the schedule that is there, or of none.</summary>
internal static class ScheduleDraft
{
    /// <summary>The schedule to write; equal to <paramref name="before"/> when the request says the same.</summary>
    public static Schedule Of(ScheduleRequest request, Schedule? before, Guid newId, Act act, (string Zone, string Queue, string? Calendars, DateTimeOffset Now) at)
    {
        var start = before ?? new Schedule
        {
            Id = newId,
            Name = request.Name,
            Handler = request.Handler,
            Kind = request.Kind,
            Expression = request.Expression,
            AnchorAt = request.StartAt ?? at.Now,
            CreatedAt = at.Now,
            UpdatedAt = at.Now,
        };
        var draft = Fill(start, request, at.Zone, at.Queue) with { Calendars = at.Calendars };
        draft = SetMode(draft, request.Mode, act);
        if (before is not null && IsReanchored(before, draft)) draft = draft with { AnchorAt = draft.StartAt ?? at.Now };
        return before is not null && IsSame(before, draft) ? before : draft with { UpdatedAt = at.Now };
    }

    /// <summary>True when the instants may be others than before: what was to come next says nothing any more.</summary>
    public static bool IsRetimed(Schedule before, Schedule after) =>
        before.Zone != after.Zone || before.StartAt != after.StartAt || before.AnchorAt != after.AnchorAt || Choices(before) != Choices(after) || !MeansTheSame(before, after);

    private static (string?, string?, BusinessDayPolicy?, GapPolicy?, RepeatPolicy?) Choices(Schedule schedule) =>
        (schedule.Calendar, schedule.Calendars, schedule.BusinessDay, schedule.Gap, schedule.Repeat);

    private static Schedule Fill(Schedule schedule, ScheduleRequest request, string zone, string queue) => schedule with
    {
        Owner = request.Owner,
        Description = request.Description,
        Kind = request.Kind,
        Expression = request.Expression,
        Dialect = request.Dialect,
        Zone = zone,
        Calendar = request.Calendar,
        BusinessDay = request.BusinessDay,
        Gap = request.Gap,
        Repeat = request.Repeat,
        Misfire = request.Misfire,
        MisfireWindow = request.MisfireWindow,
        MisfireMax = request.MisfireMax,
        Overlap = request.Overlap,
        Jitter = request.Jitter,
        Handler = request.Handler,
        Args = request.Args,
        Queue = request.Queue ?? queue,
        Priority = request.Priority,
        Group = request.Group,
        Retry = request.Retry,
        Timeout = request.Timeout,
        Output = request.Output,
        Metadata = request.Metadata,
        StartAt = request.StartAt,
        EndAt = request.EndAt,
        MaxCount = request.MaxCount,
    };

    private static Schedule SetMode(Schedule schedule, ScheduleMode? mode, Act act) => mode switch
    {
        null => schedule,
        _ when mode == schedule.Mode => schedule,
        ScheduleMode.Paused => Pause(schedule, "disabled", act.Who),
        ScheduleMode.Live when schedule.Mode == ScheduleMode.Shadow => schedule,
        ScheduleMode.Live => schedule with { Mode = schedule.ResumesAs, ResumesAs = ScheduleMode.Live, PausedBy = null, PauseReason = null },
        _ => schedule with { Mode = mode.Value, ResumesAs = ScheduleMode.Live, PausedBy = null, PauseReason = null },
    };

    /// <summary>Paused, with why and by whom; it keeps what it is to be again.</summary>
    public static Schedule Pause(Schedule schedule, string? reason, string who) => schedule with
    {
        Mode = ScheduleMode.Paused,
        ResumesAs = schedule.Mode == ScheduleMode.Paused ? schedule.ResumesAs : schedule.Mode,
        PauseReason = reason,
        PausedBy = who,
    };

    // The anchor stays through every other change, so that an edit of the description does not shift the beat.
    private static bool IsReanchored(Schedule before, Schedule after) => before.StartAt != after.StartAt || !MeansTheSame(before, after);

    private static bool MeansTheSame(Schedule before, Schedule after)
    {
        var wasRead = Recurrence.TryParse(Timetable.TextOf(before), out var old, out _);
        var isRead = Recurrence.TryParse(Timetable.TextOf(after), out var young, out _);
        return wasRead && isRead && old!.Equals(young);
    }

    // A record compares byte arrays by reference.
    private static bool IsSame(Schedule before, Schedule after) => before.Args.AsSpan().SequenceEqual(after.Args) && before == after with { Args = before.Args };
}
