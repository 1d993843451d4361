using System.Globalization;

namespace Carillon.Language;

/// <summary>Reads an RRULE; throws with what is wrong in its line.</summary>
internal static class CalendarRuleReader
{
    private const int MaxCount = 10_000;
    private static readonly string[] Known = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"];
    private static readonly string[] Weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

    public static CalendarRule Read(CalendarLine line, CalendarPoint start)
    {
        var parts = PartsOf(line);
        var frequency = FrequencyOf(line, parts);
        var rule = new CalendarRule
        {
            Frequency = frequency,
            Start = start.Local,
            Interval = NumberOf(line, parts, "INTERVAL") ?? 1,
            Until = parts.TryGetValue("UNTIL", out var until) ? UntilOf(line, until, start) : DateTime.MaxValue,
            Months = Numbers(line, parts, "BYMONTH", 1, 12).Aggregate(0, (bits, month) => bits | (1 << month)),
            Days = Numbers(line, parts, "BYMONTHDAY", -31, 31),
            Weekdays = WeekdaysOf(line, parts, frequency),
            WeekStart = parts.TryGetValue("WKST", out var first) ? WeekdayOf(line, first) : DayOfWeek.Monday,
        };
        if (frequency == CalendarFrequency.Weekly && rule.Days.Count > 0) throw line.Refuse("has BYMONTHDAY in a weekly rule", "BYDAY, or FREQ=MONTHLY");
        if (NumberOf(line, parts, "COUNT") is not { } count) return rule;
        if (parts.ContainsKey("UNTIL")) throw line.Refuse("has COUNT and UNTIL", "one of them");
        return count <= MaxCount ? rule.Limited(count) : throw line.Refuse("has a COUNT that is too great", $"at most {MaxCount}");
    }

    private static Dictionary<string, string> PartsOf(CalendarLine line)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in line.Value.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            var name = pair[0].ToUpperInvariant();
            if (pair.Length < 2 || !Known.Contains(name)) throw line.Refuse($"has {Shown.Of(pair[0])}, which cannot be honoured", string.Join(", ", Known));
            if (!parts.TryAdd(name, pair[1].ToUpperInvariant())) throw line.Refuse($"has {name} twice", "each part once");
        }

        return parts;
    }

    private static CalendarFrequency FrequencyOf(CalendarLine line, Dictionary<string, string> parts) => parts.GetValueOrDefault("FREQ") switch
    {
        "YEARLY" => CalendarFrequency.Yearly,
        "MONTHLY" => CalendarFrequency.Monthly,
        "WEEKLY" => CalendarFrequency.Weekly,
        "DAILY" => CalendarFrequency.Daily,
        _ => throw line.Refuse("has no FREQ that can be honoured", "FREQ=YEARLY, MONTHLY, WEEKLY or DAILY"),
    };

    private static int? NumberOf(CalendarLine line, Dictionary<string, string> parts, string name)
    {
        if (!parts.TryGetValue(name, out var text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw line.Refuse($"has an {name} that is no number above 0", $"{name}=2");
    }

    private static List<int> Numbers(CalendarLine line, Dictionary<string, string> parts, string name, int min, int max)
    {
        var numbers = new List<int>();
        foreach (var text in parts.GetValueOrDefault(name)?.Split(',') ?? [])
        {
            var isNumber = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            if (!isNumber || number < min || number > max || number == 0) throw line.Refuse($"has {name} out of range", $"{min} to {max}");
            numbers.Add(number);
        }

        return numbers;
    }

    // A date as the end means all of that day.
    private static DateTime UntilOf(CalendarLine line, string text, CalendarPoint start)
    {
        var until = CalendarPoint.Of(line, text);
        return until.IsDate ? until.Local.AddDays(1).AddTicks(-1) : until.In(start);
    }

    private static List<(int Nth, DayOfWeek Day)> WeekdaysOf(CalendarLine line, Dictionary<string, string> parts, CalendarFrequency frequency)
    {
        var weekdays = new List<(int, DayOfWeek)>();
        foreach (var text in parts.GetValueOrDefault("BYDAY")?.Split(',') ?? [])
        {
            var day = WeekdayOf(line, text.Length < 2 ? text : text[^2..]);
            var nth = 0;
            var hasNth = text.Length > 2;
            if (hasNth && (!int.TryParse(text[..^2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out nth) || nth is 0 or < -53 or > 53)) throw line.Refuse("has a BYDAY out of range", "MO, 1MO, -1FR");
            if (hasNth && frequency is CalendarFrequency.Weekly or CalendarFrequency.Daily) throw line.Refuse("has a BYDAY with a number", "a number only in monthly and yearly rules");
            weekdays.Add((nth, day));
        }

        return weekdays;
    }

    private static DayOfWeek WeekdayOf(CalendarLine line, string text) =>
        Array.IndexOf(Weekdays, text) is >= 0 and var day ? (DayOfWeek)day : throw line.Refuse($"has '{Shown.Of(text)}', which is no day of the week", string.Join(", ", Weekdays));
}
