using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>The instants of one schedule: its recurrence in its zone, counted from its anchor, between its start and its end.</summary>
internal sealed class Timetable
{
    private readonly Recurrence _recurrence;
    private readonly Zone _zone;
    private readonly DateTimeOffset? _startAt;
    private readonly DateTimeOffset? _endAt;

    private Timetable(Recurrence recurrence, Zone zone, Schedule schedule)
    {
        (_recurrence, _zone) = (recurrence.AnchoredAt(schedule.AnchorAt), zone);
        (_startAt, _endAt) = (schedule.StartAt, schedule.EndAt);
    }

    /// <summary>The pause between a job's end and the next instant; null where instants do not wait for ends.</summary>
    public TimeSpan? DelayAfterEnd => _recurrence.DelayAfterEnd;

    /// <summary>A schedule's text as the language reads it.</summary>
    public static RecurrenceText TextOf(Schedule schedule) => TextOf(schedule.Kind, schedule.Expression, schedule.Dialect, schedule.Name);

    /// <summary>How a text of the store's kind is read by the language.</summary>
    public static RecurrenceText TextOf(RecurrenceKind kind, string expression, string? dialect, string? name) => new(
        kind switch
        {
            RecurrenceKind.Cron => RecurrenceForm.Cron,
            RecurrenceKind.Every => RecurrenceForm.Every,
            RecurrenceKind.At => RecurrenceForm.At,
            _ => RecurrenceForm.Text,
        },
        expression, dialect, name);

    /// <summary>What is odd about a schedule's text.</summary>
    public static IReadOnlyList<string> WarningsOf(Schedule schedule) => Recurrence.TryParse(TextOf(schedule), out var recurrence, out _) ? recurrence.Warnings : [];

    /// <summary>Reads a schedule's text; says what is wrong where it cannot (a zone that this version's data no longer know).</summary>
    public static Timetable? Read(Schedule schedule, out string? error)
    {
        if (!Recurrence.TryParse(TextOf(schedule), out var recurrence, out var parseError))
        {
            error = parseError.Message;
            return null;
        }

        var calendar = CalendarBundle.Read(schedule, out error);
        if (error is not null || !Zones.TryFind(schedule.Zone, out var zone, out error)) return null;
        return new Timetable(recurrence.With(ChangesOf(schedule)).On(calendar, (BusinessDay?)schedule.BusinessDay), zone, schedule);
    }

    /// <summary>The whole of what a schedule means: its text with its calendar and its choices.</summary>
    public string Explain() => _recurrence.Explain();

    private static ClockChanges ChangesOf(Schedule schedule) => new((ClockGap?)schedule.Gap, (ClockRepeat?)schedule.Repeat);

    /// <summary>The first instant later than <paramref name="after"/>; null when there is none up to the end.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        // A delay has no grid: its first instant is the start itself, not a whole delay behind it.
        var next = DelayAfterEnd is not null && after < _startAt ? _startAt : _recurrence.Next(NotBeforeStart(after), _zone);
        return next > _endAt ? null : next;
    }

    /// <summary>The last instant in (<paramref name="after"/>, <paramref name="upTo"/>].</summary>
    public DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo) =>
        _recurrence.Last(NotBeforeStart(after), upTo > _endAt ? _endAt.Value : upTo, _zone);

    /// <summary>How many instants lie in (<paramref name="after"/>, <paramref name="upTo"/>]; counting one by one stops at <paramref name="limit"/>.</summary>
    public long Count(DateTimeOffset after, DateTimeOffset upTo, long limit) =>
        _recurrence.Count(NotBeforeStart(after), upTo > _endAt ? _endAt.Value : upTo, _zone, limit);

    /// <summary>The same instant as the zone's clocks show it.</summary>
    public DateTimeOffset ToLocal(DateTimeOffset instant) => _zone.ToLocal(instant);

    private DateTimeOffset NotBeforeStart(DateTimeOffset after) => after < _startAt ? _startAt.Value.AddTicks(-1) : after;
}
