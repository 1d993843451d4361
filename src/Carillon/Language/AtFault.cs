using System.Globalization;

namespace Carillon.Language;

/// <summary>What is wrong with a text that was to be an instant: a day that no month has, a time that no clock shows, no time at all.</summary>
internal static class AtFault
{
    private static readonly int DateLength = "2027-01-31".Length;

    public static ParseError Of(string text)
    {
        var begin = text.Length - text.TrimStart().Length;
        var given = text.Trim();
        return IsDate(given) ? OfDate(given, begin) ?? OfTime(given, begin) ?? Unreadable(text) : Unreadable(text);
    }

    private static ParseError Unreadable(string text) =>
        new(0, text.Length, $"'{Shown.Of(text)}' is no instant", "ISO 8601 with an offset, 2027-01-31T09:00:00+01:00, or a local time in the schedule's zone, 2027-01-31T09:00:00");

    private static ParseError? OfDate(string given, int begin)
    {
        var (year, month, day) = (Number(given, 0, 4), Number(given, 5, 2), Number(given, 8, 2));
        if (year is < 1900 or > ILocalTimes.LastYear) return new ParseError(begin, 4, $"The year {year} is out of range", $"1900 to {ILocalTimes.LastYear}");
        if (month is < 1 or > 12) return new ParseError(begin + 5, 2, $"The month {month} is out of range", "1 to 12", day is >= 1 and <= 12 ? "The month stands before the day." : null);
        var days = DateTime.DaysInMonth(year, month);
        return day >= 1 && day <= days ? null
            : new ParseError(begin + 8, 2, $"{CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month)} {year} has no day {day}", $"1 to {days}");
    }

    private static ParseError? OfTime(string given, int begin)
    {
        if (given.Length == DateLength) return new ParseError(begin + DateLength, 0, $"The day {given} has no time", "a time behind the day", $"Midnight is {given}T00:00.");
        var clock = begin + DateLength + 1;
        foreach (var (name, place, most) in new[] { ("hour", 0, 23), ("minute", 3, 59), ("second", 6, 59) })
        {
            var at = DateLength + 1 + place;
            if (given.Length < at + 2 || !char.IsAsciiDigit(given[at]) || !char.IsAsciiDigit(given[at + 1]) || (place > 0 && given[at - 1] != ':')) return null;
            if (Number(given, at, 2) > most) return new ParseError(clock + place, 2, $"The {name} {Number(given, at, 2)} is out of range", $"0 to {most}");
        }

        return null;
    }

    private static bool IsDate(string text) =>
        text.Length >= DateLength && Enumerable.Range(0, DateLength).All(at => at is 4 or 7 ? text[at] == '-' : char.IsAsciiDigit(text[at])) && (text.Length == DateLength || text[DateLength] is 'T' or 't' or ' ');

    private static int Number(string text, int at, int length) => int.Parse(text.AsSpan(at, length), NumberStyles.None, CultureInfo.InvariantCulture);
}
