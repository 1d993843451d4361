using System.Text.RegularExpressions;

namespace Carillon.Tests.Language;

/// <summary>
/// A second reading of cron, slow and plain: it takes a text apart with patterns, keeps a question for each field, and asks it of one local time
/// after the other. It shares nothing with the one that runs.
/// </summary>
internal sealed partial class SlowCron
{
    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
        ["@every_minute"] = "* * * * *",
        ["@every_second"] = "* * * * * *",
    };

    private readonly SlowField[] _times;
    private readonly SlowField _month;
    private readonly SlowField? _year;
    private readonly Func<DateOnly, bool> _isDay;

    private SlowCron(SlowField[] times, SlowField month, SlowField? year, Func<DateOnly, bool> isDay)
    {
        // All years are no restriction, and reach back beyond 1970.
        (_times, _month, _year, _isDay) = (times, month, year?.Values.Count == 230 ? null : year, isDay);
        IsInterval = times.Any(one => one.IsInterval);
    }

    /// <summary>A star, range or step in the second, minute or hour.</summary>
    public bool IsInterval { get; }

    /// <summary>How often a day.</summary>
    public int TimesADay => _times.Aggregate(1, (count, one) => count * one.Values.Count);

    /// <summary>Null when the grammar excludes the text.</summary>
    public static SlowCron? Read(string text, string dialect, string name)
    {
        var trimmed = text.Trim(' ', '\t');
        if (Macros.TryGetValue(trimmed, out var expanded)) return Read(expanded, "unix", name);
        var parts = Blanks().Split(trimmed);
        var isQuartz = dialect == "quartz";
        if (isQuartz ? parts.Length is not (6 or 7) : parts.Length is not (5 or 6)) return null;
        if (!isQuartz && parts.Length == 5) parts = ["0", .. parts];
        var times = new[] { 0, 1, 2 }.Select(i => SlowField.Read(parts[i], SlowField.Kinds[i], dialect, name)).ToArray();
        var month = SlowField.Read(parts[4], SlowField.Kinds[4], dialect, name);
        var year = parts.Length == 7 ? SlowField.Read(parts[6], SlowField.Kinds[6], dialect, name) : null;
        if (times.Contains(null) || month is null || (parts.Length == 7 && year is null)) return null;
        return SlowDays.Read(parts[3], parts[5], dialect, name) is { } isDay ? new SlowCron(times!, month, year, isDay) : null;
    }

    public bool IsDay(DateOnly day) => _month.Values.Contains(day.Month) && (_year is null || _year.Values.Contains(day.Year)) && _isDay(day);

    /// <summary>All times of a day, in seconds.</summary>
    public IEnumerable<int> Times() =>
        from hour in _times[2].Values from minute in _times[1].Values from second in _times[0].Values select (hour * 3600) + (minute * 60) + second;

    public bool IsTime(int second) => _times[2].Values.Contains(second / 3600) && _times[1].Values.Contains(second / 60 % 60) && _times[0].Values.Contains(second % 60);

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Blanks();
}
