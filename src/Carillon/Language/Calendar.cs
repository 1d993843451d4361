using System.Diagnostics.CodeAnalysis;

namespace Carillon.Language;

/// <summary>
/// A set of dates and times: what a schedule may use. Something is in it when each of its parts lets it in: the dates it includes (all, where it
/// names none), its weekly windows (always, where it has none), not the dates it excludes nor its iCalendar events, all calendars that it is
/// united with, and none of those that it excepts. Immutable.
/// </summary>
public sealed class Calendar : IEquatable<Calendar>
{
    private readonly CalendarParts _parts;

    internal Calendar(CalendarParts parts) => _parts = parts;

    /// <summary>The zone by whose clocks its times are meant; null for the schedule's.</summary>
    public Zone? Zone => _parts.Zone;

    /// <summary>Reads a calendar.</summary>
    /// <param name="json">
    /// <c>{"zone":"Europe/Berlin","include":[],"exclude":["2027-12-25","--01-01","2027-08-01/2027-08-15"],"weekly":["mon-fri 09:00-17:00"],
    /// "ical":"BEGIN:VCALENDAR…","calendars":{"union":["company"],"except":["maintenance"]}}</c>, all of it optional, nothing else allowed.
    /// </param>
    /// <param name="find">The JSON of another calendar by its name, null for one that does not exist; null where no others can be named.</param>
    /// <param name="calendar">What was read.</param>
    /// <param name="error">What is wrong, with which value, and what to do.</param>
    public static bool TryParse(string json, Func<string, string?>? find, [NotNullWhen(true)] out Calendar? calendar, [NotNullWhen(false)] out string? error)
    {
        (calendar, error) = (null, null);
        try
        {
            calendar = CalendarReader.Read(json, find ?? (_ => null));
            return true;
        }
        catch (ScheduleFormatException exception)
        {
            error = exception.Error.Problem;
            return false;
        }
    }

    /// <summary>The names of the calendars that this JSON is combined with; empty where it cannot be read.</summary>
    public static IReadOnlyList<string> NamesIn(string json) => CalendarReader.NamesIn(json);

    /// <summary>True when an instant is in the calendar, by the clocks of its zone, or else of this one.</summary>
    public bool Contains(DateTimeOffset instant, Zone zone)
    {
        var own = Zone ?? zone ?? throw new ArgumentNullException(nameof(zone));
        var local = own.ToLocal(instant).DateTime;
        return IsIncluded(local) && _parts.Weekly?.Contains(local) != false
            && !_parts.Exclude.Exists(span => span.Contains(local)) && !_parts.Events.Exists(happening => happening.EndAround(instant, own) is not null)
            && _parts.Union.TrueForAll(other => other.Contains(instant, zone)) && !_parts.Except.Exists(other => other.Contains(instant, zone));
    }

    /// <summary>True for a day that is Monday to Friday, or one with a weekly window, and that is not excluded as a whole.</summary>
    public bool IsBusinessDay(DateOnly date) => ((Weekdays ?? EnglishMonths.Workdays) >> (int)date.DayOfWeek & 1) != 0 && !IsOut(date);

    /// <summary>The days of the week that have windows; null where there are none.</summary>
    private int? Weekdays => _parts.Weekly?.Weekdays ?? _parts.Union.Select(other => other.Weekdays).Where(days => days is not null).Aggregate((int?)null, (all, days) => (all ?? 127) & days);

    private bool IsIncluded(DateTime local) => _parts.Include.Count == 0 || _parts.Include.Exists(span => span.Contains(local));

    /// <summary>No moment of the date is in the calendar, as far as whole days tell.</summary>
    private bool IsOut(DateOnly date) =>
        IsOutItself(date) || _parts.Union.Exists(other => other.IsOut(date)) || _parts.Except.Exists(other => other.IsWhole(date));

    private bool IsOutItself(DateOnly date) =>
        (_parts.Include.Count > 0 && !_parts.Include.Exists(span => span.Touches(date))) || (_parts.Weekly is { } weekly && !weekly.Touches(date))
        || _parts.Exclude.Exists(span => span.Covers(date)) || _parts.Events.Exists(happening => happening.Covers(date));

    /// <summary>All moments of the date are in the calendar, for certain.</summary>
    private bool IsWhole(DateOnly date) =>
        (_parts.Include.Count == 0 || _parts.Include.Exists(span => span.Covers(date))) && _parts.Weekly?.Covers(date) != false
        && !_parts.Exclude.Exists(span => span.Touches(date)) && !_parts.Events.Exists(happening => happening.Touches(date))
        && _parts.Union.TrueForAll(other => other.IsWhole(date)) && _parts.Except.TrueForAll(other => other.IsOut(date));

    /// <summary>
    /// For an instant that is not in the calendar: nothing from it up to the one that is given back is. That may be the instant itself, where
    /// nothing better is known, and is null where nothing later is in the calendar at all.
    /// </summary>
    internal DateTimeOffset? Leap(DateTimeOffset instant, Zone zone)
    {
        var own = Zone ?? zone;
        var local = own.ToLocal(instant).DateTime;
        var leap = Later(instant, LeapLocally(local), own);
        foreach (var happening in _parts.Events)
        {
            if (leap is not null && happening.EndAround(instant, own) is { } end && end > leap) leap = end;
        }

        foreach (var other in _parts.Union)
        {
            if (leap is not null && !other.Contains(instant, zone)) leap = other.Leap(instant, zone) is { } far ? far > leap ? far : leap : null;
        }

        return leap;
    }

    // The instant of a local time that is shown twice may be the first of the two: never go back.
    private static DateTimeOffset? Later(DateTimeOffset instant, DateTime? local, Zone zone) =>
        local is not { } time ? null : zone.ToInstant(time, default) is var found && found > instant ? found : instant;

    private DateTime? LeapLocally(DateTime local)
    {
        var leap = local;
        if (!IsIncluded(local))
        {
            var starts = _parts.Include.Select(span => span.NextStart(local)).Where(start => start is not null).ToList();
            if (starts.Count == 0) return null;
            leap = starts.Min()!.Value;
        }

        foreach (var span in _parts.Exclude)
        {
            if (span.EndAround(leap) is { } end && end > leap) leap = end;
        }

        return _parts.Weekly?.NextStart(leap) ?? leap;
    }

    /// <inheritdoc/>
    public bool Equals(Calendar? other) => other is not null && other._parts.Json == _parts.Json && other._parts.Union.SequenceEqual(_parts.Union) && other._parts.Except.SequenceEqual(_parts.Except);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Calendar);

    /// <inheritdoc/>
    public override int GetHashCode() => _parts.Json.GetHashCode(StringComparison.Ordinal);

    /// <summary>The JSON that was read.</summary>
    public override string ToString() => _parts.Json;
}
