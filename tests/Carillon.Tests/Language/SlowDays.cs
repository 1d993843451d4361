using System.Globalization;
using System.Text.RegularExpressions;

namespace Carillon.Tests.Language;

/// <summary>The two day fields as one question about a date.</summary>
internal static partial class SlowDays
{
    private static readonly DateOnly FirstSunday = new(1969, 12, 28);

    public static Func<DateOnly, bool>? Read(string days, string weekdays, string dialect, string name)
    {
        var isQuartz = dialect == "quartz";
        if (isQuartz && days == "?" && weekdays == "?") return null;
        if (Days(days, dialect, name) is not { } isDay || Weekdays(weekdays, dialect, name) is not { } isWeekday) return null;
        var (hasDays, hasWeekdays) = isQuartz ? (days != "?", weekdays != "?") : (!IsStar(days), !IsStar(weekdays));
        return dialect != "cronos" && hasDays && hasWeekdays ? day => isDay(day) || isWeekday(day) : day => isDay(day) && isWeekday(day);
    }

    // "*/1" is a star too.
    private static bool IsStar(string field) => StarOfOne().IsMatch(field);

    private static Func<DateOnly, bool>? Days(string text, string dialect, string name)
    {
        var elements = text.Split(',');
        var special = elements.Where(IsSpecial).ToList();
        if (special.Count > 0 && elements.Length > 1 && dialect != "quartz") return null;
        var asked = special.Select(element => Special(element, dialect)).ToList();
        if (asked.Contains(null)) return null;
        var plain = elements.Where(element => !IsSpecial(element)).ToList();
        if (plain.Count == 0) return day => asked.Exists(ask => ask!(day));
        var isList = elements.Length > 1;
        var field = SlowField.Read(string.Join(',', plain), SlowField.Kinds[3], dialect, name);
        if (field is null || (isList && plain.Count == 1 && plain[0] == "?")) return null;
        return day => field.Values.Contains(day.Day) || asked.Exists(ask => ask!(day));
    }

    private static bool IsSpecial(string element) => element.Length > 0 && (char.ToUpperInvariant(element[0]) == 'L' || char.ToUpperInvariant(element[^1]) == 'W');

    private static Func<DateOnly, bool>? Special(string element, string dialect)
    {
        var match = Last().Match(element);
        if (match.Success)
        {
            var (before, isWorkday, after) = (Number(match.Groups[1]), match.Groups[2].Success, Number(match.Groups[3]));
            if (before > 30 || after > 30 || (match.Groups[3].Success && (dialect != "quartz" || before > 0 || !isWorkday))) return null;
            return day => Length(day) - before is var last && last >= 1 && day.Day == (isWorkday ? Math.Max(1, Workday(day, last) - after) : last);
        }

        match = Near().Match(element);
        if (!match.Success || Number(match.Groups[1]) is < 1 or > 31) return null;
        var wanted = Number(match.Groups[1]);
        return day => (wanted <= Length(day) || dialect == "quartz") && day.Day == Workday(day, Math.Min(wanted, Length(day)));
    }

    private static Func<DateOnly, bool>? Weekdays(string text, string dialect, string name)
    {
        var kind = dialect == "quartz" ? SlowField.QuartzWeekday : SlowField.Kinds[5];
        if (dialect == "quartz" && text is "L" or "l") return day => day.DayOfWeek == DayOfWeek.Saturday;
        var match = Nth().Match(text);
        if (match.Success)
        {
            if (!kind.TryValue(match.Groups[1].Value, out var value)) return null;
            var weekday = (DayOfWeek)((value - (kind.Min == 1 ? 1 : 0)) % 7);
            if (!match.Groups[2].Success) return day => day.DayOfWeek == weekday && day.Day + 7 > Length(day);
            var nth = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            return day => day.DayOfWeek == weekday && ((day.Day - 1) / 7) + 1 == nth;
        }

        if (SlowField.Read(text, kind, dialect, name) is not { } field) return null;
        var weekdays = field.Values.Select(value => (DayOfWeek)((value - (kind.Min == 1 ? 1 : 0)) % 7)).ToHashSet();
        return day => weekdays.Contains(day.DayOfWeek) && (field.Weeks < 2 || WeekOf(day) % field.Weeks == 0);
    }

    private static int WeekOf(DateOnly day) => (int)Math.Floor((day.DayNumber - FirstSunday.DayNumber) / 7.0);

    // The nearest Monday to Friday of the same month.
    private static int Workday(DateOnly month, int day) => Enumerable.Range(1, Length(month))
        .Where(other => new DateOnly(month.Year, month.Month, other).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
        .MinBy(other => Math.Abs(other - day));

    private static int Length(DateOnly day) => DateTime.DaysInMonth(day.Year, day.Month);

    private static int Number(Group group) => !group.Success ? 0 : group.Value.TrimStart('0').Length > 4 ? 100_000 : int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[*?](/0*1)?\z")]
    private static partial Regex StarOfOne();

    [GeneratedRegex(@"^[Ll](?:-([0-9]+))?([Ww])?(?:(?<=[Ww])-([0-9]+))?\z")]
    private static partial Regex Last();

    [GeneratedRegex(@"^([0-9]+)[Ww]\z")]
    private static partial Regex Near();

    [GeneratedRegex(@"^([0-9]+|[A-Za-z]{3})(?:[Ll]|#([1-5]))\z")]
    private static partial Regex Nth();
}
