namespace Carillon.Language;

/// <summary>Which months a day of the month is taken of.</summary>
internal enum EnglishPeriod
{
    /// <summary>Nothing was said: the rest of the sentence decides.</summary>
    Open,

    /// <summary>Of every month.</summary>
    Month,

    /// <summary>Of the quarter: from its first month's begin, or back from its last month's end.</summary>
    Quarter,

    /// <summary>Of the year, likewise.</summary>
    Year,

    /// <summary>Of the named months.</summary>
    Named,
}

/// <summary>Days of the month counted from one end: <c>the 1st and 15th</c>, <c>the last friday</c>, <c>the first business day</c>.</summary>
/// <param name="Days">What is meant of a month.</param>
/// <param name="IsFromEnd">Counted from the end.</param>
/// <param name="Period">Of which months.</param>
/// <param name="Months">The named months, bits 1 to 12.</param>
internal readonly record struct EnglishItem(EnglishMonth Days, bool IsFromEnd, EnglishPeriod Period, int Months);
