using System.Numerics;

namespace Carillon.Language;

/// <summary>Which days of a month an expression means.</summary>
internal static class CronDays
{
    // Five weeks and a bit, each day of the week in the lowest bit of its week.
    private const ulong Weeks = 0x8_1020_4081;

    // The week, Sunday to Saturday, of 1970-01-01, counted as (day number + 1) / 7.
    private const int FirstWeek = 102_737;

    /// <summary>The days as bits, bit 0 being the 1st.</summary>
    /// <param name="fields">The expression.</param>
    /// <param name="year">The year.</param>
    /// <param name="month">The month.</param>
    /// <param name="first">The day number of its first day, as in <see cref="DateOnly.DayNumber"/>.</param>
    public static uint Of(in CronFields fields, int year, int month, int first)
    {
        var length = DateTime.DaysInMonth(year, month);
        var weekdayOfFirst = (first + 1) % 7;
        var days = fields.Days;
        if (fields.HasSpecialDays) days |= Special(fields, length, weekdayOfFirst);
        var weekdays = (uint)(fields.Weekdays * Weeks >> weekdayOfFirst);
        if (fields.EveryWeeks > 1) weekdays &= InWeeks(fields.EveryWeeks, first);
        if (fields.NthWeekdays != 0) weekdays |= Nth(fields.NthWeekdays, length, weekdayOfFirst);
        var all = CronFields.AllDays >> (31 - length);
        return (fields.IsEitherDay ? days | weekdays : days & weekdays) & all;
    }

    private static uint Special(in CronFields fields, int length, int weekdayOfFirst)
    {
        var days = 0u;
        for (var rest = fields.LastDays; rest != 0; rest &= rest - 1) days |= Bit(length - Lowest(rest));
        for (var rest = fields.LastWorkdays; rest != 0; rest &= rest - 1) days |= Bit(NearestWorkday(length - Lowest(rest), length, weekdayOfFirst));
        for (var rest = fields.BeforeLastWorkday; rest != 0; rest &= rest - 1)
        {
            days |= Bit(Math.Max(1, NearestWorkday(length, length, weekdayOfFirst) - Lowest(rest)));
        }

        for (var rest = fields.Workdays; rest != 0; rest &= rest - 1)
        {
            var day = Lowest(rest) + 1;
            if (day <= length || fields.IsWorkdayClamped) days |= Bit(NearestWorkday(Math.Min(day, length), length, weekdayOfFirst));
        }

        return days;
    }

    // Saturday goes to Friday, Sunday to Monday, but never into another month.
    private static int NearestWorkday(int day, int length, int weekdayOfFirst) => day < 1 ? 0 : ((weekdayOfFirst + day - 1) % 7) switch
    {
        6 => day == 1 ? 3 : day - 1,
        0 => day == length ? day - 2 : day + 1,
        _ => day,
    };

    private static uint Nth(ulong nth, int length, int weekdayOfFirst)
    {
        var days = 0u;
        for (; nth != 0; nth &= nth - 1)
        {
            var (row, weekday) = Math.DivRem(BitOperations.TrailingZeroCount(nth), 7);
            var firstOne = 1 + ((weekday - weekdayOfFirst + 7) % 7);
            var day = row == CronFields.LastOne - 1 ? firstOne + ((length - firstOne) / 7 * 7) : firstOne + (7 * row);
            if (day <= length) days |= Bit(day);
        }

        return days;
    }

    private static uint InWeeks(int every, int first)
    {
        var days = 0u;
        for (var day = 1; day <= 31; day++)
        {
            if ((((first + day) / 7) - FirstWeek) % every == 0) days |= Bit(day);
        }

        return days;
    }

    private static uint Bit(int day) => day < 1 ? 0 : 1u << (day - 1);

    private static int Lowest(uint bits) => BitOperations.TrailingZeroCount(bits);
}
