using System.Numerics;

namespace Carillon.Language;

/// <summary>Which days of a month an expression means.</summary>
internal static class CronDays
{
    // Five weeks and a bit, each day of the week in the lowest bit of its week.
    private const ulong Weeks = 0x8_1020_4081;

    /// <summary>The days as bits, bit 0 being the 1st.</summary>
    /// <param name="fields">The expression.</param>
    /// <param name="year">The year.</param>
    /// <param name="month">The month.</param>
    /// <param name="first">The day number of its first day, as in <see cref="DateOnly.DayNumber"/>.</param>
    public static uint Of(in CronFields fields, int year, int month, int first)
    {
        var length = DateTime.DaysInMonth(year, month);
        var weekdayOfFirst = (first + 1) % 7;
        var days = fields.IsLastDay || fields.IsNearestWorkday ? Special(fields, length, weekdayOfFirst) : fields.Days;
        var weekdays = fields.Nth == 0 ? (uint)(fields.Weekdays * Weeks >> weekdayOfFirst) : Nth(fields, length, weekdayOfFirst);
        var all = CronFields.AllDays >> (31 - length);
        return (fields.IsEitherDay ? days | weekdays : days & weekdays) & all;
    }

    private static uint Special(in CronFields fields, int length, int weekdayOfFirst)
    {
        var day = fields.IsLastDay ? length - fields.DaysBeforeLast : BitOperations.TrailingZeroCount(fields.Days) + 1;
        if (day < 1 || day > length) return 0;
        return 1u << ((fields.IsNearestWorkday ? NearestWorkday(day, length, weekdayOfFirst) : day) - 1);
    }

    // Saturday goes to Friday, Sunday to Monday, but never into another month.
    private static int NearestWorkday(int day, int length, int weekdayOfFirst) => ((weekdayOfFirst + day - 1) % 7) switch
    {
        6 => day == 1 ? 3 : day - 1,
        0 => day == length ? day - 2 : day + 1,
        _ => day,
    };

    private static uint Nth(in CronFields fields, int length, int weekdayOfFirst)
    {
        var firstOne = 1 + ((BitOperations.TrailingZeroCount(fields.Weekdays) - weekdayOfFirst + 7) % 7);
        var day = fields.Nth == CronFields.LastOne ? firstOne + ((length - firstOne) / 7 * 7) : firstOne + (7 * (fields.Nth - 1));
        return day > length ? 0 : 1u << (day - 1);
    }
}
