namespace Carillon.Language;

/// <summary>How often an iCalendar rule recurs.</summary>
internal enum CalendarFrequency
{
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// <summary>An RRULE of days or more (RFC 5545, 3.3.10), without BYSETPOS, BYYEARDAY, BYWEEKNO and times of day.</summary>
internal sealed record CalendarRule
{
    public required CalendarFrequency Frequency { get; init; }

    /// <summary>DTSTART.</summary>
    public required DateTime Start { get; init; }

    public int Interval { get; init; } = 1;

    /// <summary>No begin after this.</summary>
    public DateTime Until { get; init; } = DateTime.MaxValue;

    /// <summary>Bits 1 to 12; 0 for what DTSTART says.</summary>
    public int Months { get; init; }

    /// <summary>Days from the month's begin, or negative from its end.</summary>
    public IReadOnlyList<int> Days { get; init; } = [];

    /// <summary>Days of the week, with an ordinal where that is not 0.</summary>
    public IReadOnlyList<(int Nth, DayOfWeek Day)> Weekdays { get; init; } = [];

    /// <summary>The first day of the week.</summary>
    public DayOfWeek WeekStart { get; init; } = DayOfWeek.Monday;

    /// <summary>True when an occurrence begins then. DTSTART itself always does.</summary>
    public bool Has(DateTime begin) => begin == Start || (begin > Start && begin <= Until && IsInStep(begin) && IsInMonths(begin) && IsDay(begin));

    /// <summary>The same, ending with its so-manieth occurrence.</summary>
    public CalendarRule Limited(int count)
    {
        var last = Start;
        for (var begin = Start; count > 0 && begin.Year <= CronSearch.LastYear; begin = begin.AddDays(1))
        {
            if (!Has(begin)) continue;
            last = begin;
            count--;
        }

        return this with { Until = last };
    }

    private bool IsInStep(DateTime begin) => Frequency switch
    {
        CalendarFrequency.Daily => (begin.Date - Start.Date).Days % Interval == 0,
        CalendarFrequency.Weekly => (Week(begin) - Week(Start)) % Interval == 0,
        CalendarFrequency.Monthly => ((begin.Year * 12) + begin.Month - (Start.Year * 12) - Start.Month) % Interval == 0,
        _ => (begin.Year - Start.Year) % Interval == 0,
    };

    // The day 0 was a Monday.
    private int Week(DateTime date) => (DateOnly.FromDateTime(date).DayNumber + 7 - (((int)WeekStart + 6) % 7)) / 7;

    private bool IsInMonths(DateTime begin)
    {
        if (Months != 0) return (Months >> begin.Month & 1) != 0;
        return Frequency != CalendarFrequency.Yearly || Days.Count + Weekdays.Count > 0 || begin.Month == Start.Month;
    }

    private bool IsDay(DateTime begin)
    {
        var isOpen = Days.Count + Weekdays.Count == 0;
        if (isOpen && Frequency == CalendarFrequency.Weekly) return begin.DayOfWeek == Start.DayOfWeek;
        if (isOpen && Frequency != CalendarFrequency.Daily) return begin.Day == Start.Day;
        var length = DateTime.DaysInMonth(begin.Year, begin.Month);
        return (Days.Count == 0 || Days.Any(day => day > 0 ? day == begin.Day : length + day + 1 == begin.Day)) && (Weekdays.Count == 0 || Weekdays.Any(weekday => IsWeekday(weekday, begin)));
    }

    /// <summary>Ordinals count in the month, or in the year for a yearly rule without months.</summary>
    private bool IsWeekday((int Nth, DayOfWeek Day) weekday, DateTime begin)
    {
        if (begin.DayOfWeek != weekday.Day || weekday.Nth == 0) return begin.DayOfWeek == weekday.Day;
        var isYear = Frequency == CalendarFrequency.Yearly && Months == 0;
        var (day, length) = isYear ? (begin.DayOfYear, DateTime.IsLeapYear(begin.Year) ? 366 : 365) : (begin.Day, DateTime.DaysInMonth(begin.Year, begin.Month));
        return weekday.Nth > 0 ? ((day - 1) / 7) + 1 == weekday.Nth : ((length - day) / 7) + 1 == -weekday.Nth;
    }
}
