using System.Numerics;

namespace Carillon.Language;

/// <summary>Finds the next local time of an expression, on a calendar without zones. Times are seconds since 0001-01-01.</summary>
internal static partial class CronSearch
{
    /// <summary>The last year that is looked at: no search is endless.</summary>
    public const int LastYear = 2199;

    /// <summary>The first year that is looked at.</summary>
    public const int FirstYear = 1900;

    /// <summary>What is not found.</summary>
    public const long None = -1;

    private const int SecondsOfDay = 86_400;
    private static readonly long End = new DateTime(LastYear + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerSecond;

    /// <summary>The first local time of the expression at or after <paramref name="from"/>; <see cref="None"/> up to the end of <see cref="LastYear"/>.</summary>
    public static long Next(in CronFields fields, long from)
    {
        if (from >= End) return None;
        var number = (int)(from / SecondsOfDay);
        DateOnly.FromDayNumber(number).Deconstruct(out var year, out var month, out var day);
        var first = number - day + 1;
        if ((fields.Months >> month & 1) != 0 && HasYear(fields, year))
        {
            var days = CronDays.Of(fields, year, month, first);
            if ((days >> (day - 1) & 1) != 0)
            {
                var time = TimeFrom(fields, (int)(from % SecondsOfDay));
                if (time >= 0) return ((long)number * SecondsOfDay) + time;
            }

            days &= ~0u << day;
            if (days != 0) return At(fields, first, days);
        }

        return NextMonth(fields, year, month);
    }

    private static long NextMonth(in CronFields fields, int year, int month)
    {
        while (true)
        {
            var later = HasYear(fields, year) ? fields.Months & (~0u << (month + 1)) : 0;
            if (later == 0)
            {
                do year++; while (year <= LastYear && !HasYear(fields, year));
                later = fields.Months;
            }

            if (year > LastYear) return None;
            month = BitOperations.TrailingZeroCount(later);
            var first = new DateOnly(year, month, 1).DayNumber;
            var days = CronDays.Of(fields, year, month, first);
            if (days != 0) return At(fields, first, days);
        }
    }

    private static long At(in CronFields fields, int first, uint days) =>
        ((long)(first + BitOperations.TrailingZeroCount(days)) * SecondsOfDay) + Time(fields, First(fields.Hours), First(fields.Minutes));

    /// <summary>The first time of day at or after the given one; −1 when the day has no more.</summary>
    private static int TimeFrom(in CronFields fields, int time)
    {
        var (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        if ((fields.Hours >> hour & 1) != 0)
        {
            if ((fields.Minutes >> minute & 1) != 0)
            {
                var seconds = fields.Seconds & (~0UL << second);
                if (seconds != 0) return (hour * 3600) + (minute * 60) + First(seconds);
            }

            var minutes = fields.Minutes & (~0UL << (minute + 1));
            if (minutes != 0) return Time(fields, hour, First(minutes));
        }

        var hours = fields.Hours & (~0u << (hour + 1));
        return hours == 0 ? -1 : Time(fields, First(hours), First(fields.Minutes));
    }

    private static int Time(in CronFields fields, int hour, int minute) => (hour * 3600) + (minute * 60) + First(fields.Seconds);

    private static bool HasYear(in CronFields fields, int year) => fields.Years is null || fields.Years.Has(year);

    private static int First(ulong bits) => BitOperations.TrailingZeroCount(bits);
}
