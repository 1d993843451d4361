using System.Numerics;

namespace Carillon.Language;

/// <summary>The way back: each step mirrors one of the way forward.</summary>
internal static partial class CronSearch
{
    // A zone may still show the last hours of the year before, when it is already 1900 in UTC.
    internal static readonly long Begin = new DateTime(FirstYear - 1, 12, 30, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerSecond;

    /// <summary>The last local time of the expression at or before <paramref name="upTo"/>; <see cref="None"/> back to the begin of <see cref="FirstYear"/>.</summary>
    public static long Previous(in CronFields fields, long upTo)
    {
        upTo = Math.Min(upTo, End - 1);
        if (upTo < Begin) return None;
        var number = (int)(upTo / SecondsOfDay);
        DateOnly.FromDayNumber(number).Deconstruct(out var year, out var month, out var day);
        var first = number - day + 1;
        if ((fields.Months >> month & 1) != 0 && HasYear(fields, year))
        {
            var days = CronDays.Of(fields, year, month, first);
            if ((days >> (day - 1) & 1) != 0)
            {
                var time = TimeUpTo(fields, (int)(upTo % SecondsOfDay));
                if (time >= 0) return ((long)number * SecondsOfDay) + time;
            }

            days &= (1u << (day - 1)) - 1;
            if (days != 0) return AtLast(fields, first, days);
        }

        return PreviousMonth(fields, year, month);
    }

    private static long PreviousMonth(in CronFields fields, int year, int month)
    {
        while (true)
        {
            var earlier = HasYear(fields, year) ? fields.Months & ((1u << month) - 1) : 0;
            if (earlier == 0)
            {
                do year--; while (year >= FirstYear - 1 && !HasYear(fields, year));
                earlier = fields.Months;
            }

            if (year < FirstYear - 1) return None;
            month = Last(earlier);
            var first = new DateOnly(year, month, 1).DayNumber;
            var days = CronDays.Of(fields, year, month, first);
            if (days != 0) return AtLast(fields, first, days);
        }
    }

    private static long AtLast(in CronFields fields, int first, uint days) =>
        ((long)(first + Last(days)) * SecondsOfDay) + LastTime(fields, Last(fields.Hours), Last(fields.Minutes));

    /// <summary>The last time of day at or before the given one; −1 when the day has none.</summary>
    private static int TimeUpTo(in CronFields fields, int time)
    {
        var (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        if ((fields.Hours >> hour & 1) != 0)
        {
            if ((fields.Minutes >> minute & 1) != 0)
            {
                var seconds = fields.Seconds & ((2UL << second) - 1);
                if (seconds != 0) return (hour * 3600) + (minute * 60) + Last(seconds);
            }

            var minutes = fields.Minutes & ((1UL << minute) - 1);
            if (minutes != 0) return LastTime(fields, hour, Last(minutes));
        }

        var hours = fields.Hours & ((1u << hour) - 1);
        return hours == 0 ? -1 : LastTime(fields, Last(hours), Last(fields.Minutes));
    }

    private static int LastTime(in CronFields fields, int hour, int minute) => (hour * 3600) + (minute * 60) + Last(fields.Seconds);

    private static int Last(ulong bits) => BitOperations.Log2(bits);
}
