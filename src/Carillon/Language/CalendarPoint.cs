using System.Globalization;

namespace Carillon.Language;

/// <summary>A date or a time of an iCalendar text.</summary>
/// <param name="Local">As the zone's clocks show it.</param>
/// <param name="IsDate">A date without time.</param>
/// <param name="Zone">Null for a time that floats: whatever zone the calendar is read in.</param>
internal readonly record struct CalendarPoint(DateTime Local, bool IsDate, Zone? Zone)
{
    public static CalendarPoint Of(CalendarLine line) => Of(line, line.Value);

    /// <summary>One of a line's values; throws with what is wrong.</summary>
    public static CalendarPoint Of(CalendarLine line, string value)
    {
        if (line.Parameters.TryGetValue("VALUE", out var kind) && kind is not ("DATE" or "DATE-TIME")) throw line.Refuse($"is of the kind {Shown.Of(kind)}, which cannot be honoured", "DATE or DATE-TIME");
        if (DateTime.TryParseExact(value, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return new CalendarPoint(Check(line, date), true, null);
        var isUtc = value.EndsWith('Z');
        if (!DateTime.TryParseExact(isUtc ? value[..^1] : value, "yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) throw line.Refuse("is neither date nor time", "20271225, 20271225T090000, 20271225T090000Z");
        return new CalendarPoint(Check(line, time), false, isUtc ? Zone.Utc : ZoneOf(line));
    }

    /// <summary>The same as another point's clocks show it.</summary>
    public DateTime In(CalendarPoint other) => Zone is null || other.Zone is null || Zone.Equals(other.Zone) ? Local : other.Zone.ToLocal(Zone.ToInstant(Local, default)!.Value).DateTime;

    private static DateTime Check(CalendarLine line, DateTime time) =>
        time.Year is >= CronSearch.FirstYear and <= CronSearch.LastYear ? time : throw line.Refuse("is out of range", $"years {CronSearch.FirstYear} to {CronSearch.LastYear}");

    private static Zone? ZoneOf(CalendarLine line)
    {
        if (!line.Parameters.TryGetValue("TZID", out var id)) return null;
        return Zones.TryFind(id, out var zone, out var error) ? zone : throw line.Refuse($"is in a zone that is not known ({error.TrimEnd('.')})", "TZID with an IANA id");
    }
}
