namespace Carillon.Language;

/// <summary>Which days of a month are business days: Monday to Friday, or what a calendar makes of them.</summary>
internal static class Workdays
{
    /// <summary>As bits, bit 0 being the 1st.</summary>
    public static uint Of(Calendar? calendar, int year, int month)
    {
        var days = 0u;
        for (var date = new DateOnly(year, month, 1); date.Month == month; date = date.AddDays(1))
        {
            if (Is(calendar, date)) days |= 1u << (date.Day - 1);
        }

        return days;
    }

    /// <summary>True for a business day.</summary>
    public static bool Is(Calendar? calendar, DateOnly date) =>
        calendar is null ? date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) : calendar.IsBusinessDay(date);
}
