namespace Carillon.Language;

/// <summary>Where an instant goes that falls on no business day. Business days are Monday to Friday, or the days of the calendar's weekly windows, less the dates that it excludes.</summary>
public enum BusinessDay
{
    /// <summary>To the first business day after it.</summary>
    Next,

    /// <summary>To the last business day before it.</summary>
    Previous,

    /// <summary>To the nearer one; to the later one where both are as near.</summary>
    Nearest,
}
