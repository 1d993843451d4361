using System.Globalization;

namespace Carillon.Language;

/// <summary>Weekly windows: <c>mon-fri 09:00-17:00</c>, <c>sat,sun</c>, <c>fri 22:00-06:00</c>, which belongs to Friday. Both ends are included.</summary>
internal sealed class CalendarWeek
{
    private static readonly TimeSpan WholeDay = TimeSpan.FromDays(1);
    private readonly List<(DayOfWeek Day, TimeSpan From, TimeSpan To)> _windows = [];

    /// <summary>Reads windows; throws with what is wrong.</summary>
    public CalendarWeek(IEnumerable<string> windows)
    {
        foreach (var window in windows) Add(window);
    }

    /// <summary>The days on which windows begin, Sunday lowest.</summary>
    public int Weekdays => _windows.Aggregate(0, (days, window) => days | (1 << (int)window.Day));

    public bool Contains(DateTime local) => _windows.Exists(window => Spans(window, local).Any(span => span.From <= local && local <= span.To));

    /// <summary>Some window begins on the date or runs into it.</summary>
    public bool Touches(DateOnly date) => _windows.Exists(window => window.Day == date.DayOfWeek || (window.To > WholeDay && window.Day == date.AddDays(-1).DayOfWeek));

    /// <summary>A single window covers the date.</summary>
    public bool Covers(DateOnly date) => _windows.Exists(window => window.Day == date.DayOfWeek && window.From == TimeSpan.Zero && window.To >= WholeDay);

    /// <summary>The time itself in a window, else the next begin of one.</summary>
    public DateTime NextStart(DateTime local) =>
        Contains(local) ? local : _windows.Min(window => Enumerable.Range(0, 8).Select(days => local.Date.AddDays(days)).Where(date => date.DayOfWeek == window.Day).Select(date => date + window.From).First(start => start > local));

    private static IEnumerable<(DateTime From, DateTime To)> Spans((DayOfWeek Day, TimeSpan From, TimeSpan To) window, DateTime local)
    {
        foreach (var date in new[] { local.Date.AddDays(-1), local.Date })
        {
            if (date.DayOfWeek == window.Day) yield return (date + window.From, date + window.To);
        }
    }

    private void Add(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var days = parts.Length is 1 or 2 ? Days(parts[0]) : 0;
        var (from, to) = parts.Length == 2 ? Times(parts[1]) : (TimeSpan.Zero, WholeDay);
        if (days == 0 || to < TimeSpan.Zero) throw new ScheduleFormatException($"'{Shown.Of(text)}' is no weekly window; write mon-fri 09:00-17:00, sat,sun, or fri 22:00-06:00.");
        for (var day = 0; day < 7; day++)
        {
            if ((days >> day & 1) != 0) _windows.Add(((DayOfWeek)day, from, to));
        }
    }

    private static int Days(string text)
    {
        var days = 0;
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            var (first, last) = (EnglishWords.Find(ends[0]), EnglishWords.Find(ends[^1]));
            var isRange = ends.Length == 2 && first.Kind == EnglishKind.Weekday && last.Kind == EnglishKind.Weekday;
            if (!isRange && (ends.Length > 1 || first.Kind is not (EnglishKind.Weekday or EnglishKind.DayGroup))) return 0;
            days |= isRange ? first.Value | EnglishMonths.Range(first.Value, last.Value, 0, 7) : first.Value;
        }

        return days;
    }

    private static (TimeSpan From, TimeSpan To) Times(string text)
    {
        var ends = text.Split('-');
        if (ends.Length != 2 || !TryTime(ends[0], out var from) || !TryTime(ends[1], out var to) || from == WholeDay) return (TimeSpan.Zero, -WholeDay);
        return (from, to < from ? to + WholeDay : to);
    }

    private static bool TryTime(string text, out TimeSpan time)
    {
        time = WholeDay;
        string[] formats = ["h\\:mm", "hh\\:mm", "hh\\:mm\\:ss"];
        return text == "24:00" || TimeSpan.TryParseExact(text, formats, CultureInfo.InvariantCulture, out time);
    }
}
