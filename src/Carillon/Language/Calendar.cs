namespace Carillon.Language;

/// <summary>A set of dates and times.</summary>
internal sealed class Calendar
{
    private readonly bool _isOpen = true;

    /// <summary>True for a business day.</summary>
    public bool IsBusinessDay(DateOnly date) => _isOpen && date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
}
