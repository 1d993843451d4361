using System.Globalization;

namespace Carillon.Language;

/// <summary>
/// Days or a span of time, once or each year: <c>2027-12-25</c>, <c>2027-08-01/2027-08-15</c>, <c>--12-25</c>, <c>--12-24/--01-02</c>,
/// <c>2027-12-24T12:00/2027-12-24T18:00</c>. Both ends are included.
/// </summary>
internal readonly record struct CalendarSpan
{
    private const string Forms = "2027-12-25, --12-25 for each year, 2027-08-01/2027-08-15, or 2027-12-24T12:00/2027-12-24T18:00";

    // A leap year, so that 29 February can be written.
    private const string YearOfYearly = "2000";

    private readonly DateTime _first;
    private readonly DateTime _last;
    private readonly bool _isYearly;

    private CalendarSpan(DateTime first, DateTime last, bool isYearly) => (_first, _last, _isYearly) = (first, last, isYearly);

    /// <summary>Throws with what is wrong.</summary>
    public static CalendarSpan Parse(string text)
    {
        var ends = text.Split('/');
        if (ends.Length > 2 || !TryPoint(ends[0], out var first, out var isYearly, out var hasTime) || !TryPoint(ends[^1], out var last, out var isLastYearly, out var hasLastTime) || isYearly != isLastYearly || hasTime != hasLastTime)
        {
            throw new ScheduleFormatException($"'{Shown.Of(text)}' is no date of a calendar; write {Forms}.");
        }

        if (hasTime && ends.Length == 1) throw new ScheduleFormatException($"'{Shown.Of(text)}' is an instant, not a span; write {text}/{text[..11]}18:00.");
        if (last < first && !isYearly) throw new ScheduleFormatException($"'{Shown.Of(text)}' ends before it begins; write the earlier one first.");
        return new CalendarSpan(first, hasTime ? last : last.AddDays(1).AddTicks(-1), isYearly);
    }

    private static bool TryPoint(string text, out DateTime point, out bool isYearly, out bool hasTime)
    {
        isYearly = text.StartsWith("--", StringComparison.Ordinal);
        hasTime = text.Contains('T', StringComparison.Ordinal);
        string[] formats = hasTime ? ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"] : ["yyyy-MM-dd"];
        var whole = isYearly ? string.Concat(YearOfYearly, text.AsSpan(1)) : text;
        return DateTime.TryParseExact(whole, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out point) && (isYearly ? !hasTime : point.Year is >= CronSearch.FirstYear and <= CronSearch.LastYear);
    }

    public bool Contains(DateTime local) => Around(local) is not null;

    /// <summary>Some moment of the date.</summary>
    public bool Touches(DateOnly date) => OfYears(date.Year).Any(span => DateOnly.FromDateTime(span.First) <= date && date <= DateOnly.FromDateTime(span.Last));

    /// <summary>Each moment of the date.</summary>
    public bool Covers(DateOnly date)
    {
        var (begin, end) = (date.ToDateTime(TimeOnly.MinValue), date.ToDateTime(TimeOnly.MaxValue));
        return OfYears(date.Year).Any(span => span.First <= begin && end <= span.Last);
    }

    /// <summary>The first moment after the span around a time; null where it is around none.</summary>
    public DateTime? EndAround(DateTime local) => Around(local)?.Last.AddTicks(1);

    /// <summary>The next begin after a time; null when there is none.</summary>
    public DateTime? NextStart(DateTime local)
    {
        if (!_isYearly) return _first > local ? _first : null;
        for (var year = local.Year; year <= Math.Min(local.Year + 8, CronSearch.LastYear); year++)
        {
            if (Of(year) is { } span && span.First > local) return span.First;
        }

        return null;
    }

    private (DateTime First, DateTime Last)? Around(DateTime local)
    {
        foreach (var span in OfYears(local.Year))
        {
            if (span.First <= local && local <= span.Last) return span;
        }

        return null;
    }

    /// <summary>Those that may touch a year: one that goes round the year's end began the year before.</summary>
    private IEnumerable<(DateTime First, DateTime Last)> OfYears(int year)
    {
        if (!_isYearly) return [(_first, _last)];
        return new[] { Of(year - 1), Of(year) }.OfType<(DateTime, DateTime)>();
    }

    // A span that is only 29 February is none in other years; one that begins or ends there does so on the 28th.
    private (DateTime First, DateTime Last)? Of(int year)
    {
        var isLeapDay = _first is { Month: 2, Day: 29 } && _last.Date == _first;
        if (year < 1 || (isLeapDay && !DateTime.IsLeapYear(year))) return null;
        var first = In(year, _first);
        var last = In(_last < _first ? year + 1 : year, _last.Date).AddDays(1).AddTicks(-1);
        return (first, last);
    }

    private static DateTime In(int year, DateTime day) => new(year, day.Month, Math.Min(day.Day, DateTime.DaysInMonth(year, day.Month)));
}
