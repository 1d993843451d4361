namespace Carillon.Language;

/// <summary>What the clauses of an English schedule said, each at most once, with the word at which it was said.</summary>
internal sealed class EnglishDraft
{
    /// <summary><c>every 2 weeks</c>, <c>monthly</c>: a unit of days or more.</summary>
    public EnglishStated<EnglishStep>? Cadence { get; set; }

    /// <summary><c>every 15 minutes</c>, in seconds.</summary>
    public EnglishStated<long>? Interval { get; set; }

    /// <summary>The interval is counted in hours, so that minutes past the hour can be given.</summary>
    public bool IsHourly { get; set; }

    /// <summary><c>at :15 and :45</c>, in seconds.</summary>
    public EnglishStated<List<int>>? PastHour { get; set; }

    /// <summary><c>at 09:00 and 17:30</c>, in seconds.</summary>
    public EnglishStated<List<int>>? Times { get; set; }

    /// <summary><c>from 09:00 to 17:00</c>, in seconds.</summary>
    public EnglishStated<(int From, int To)>? Window { get; set; }

    /// <summary><c>on mondays</c>: bits, Sunday lowest.</summary>
    public EnglishStated<int>? Weekdays { get; set; }

    /// <summary><c>on business days</c>.</summary>
    public bool IsBusiness { get; set; }

    /// <summary><c>on the 1st and the last friday</c>.</summary>
    public EnglishStated<List<EnglishItem>>? Items { get; set; }

    /// <summary><c>in january</c>: bits 1 to 12.</summary>
    public EnglishStated<int>? Months { get; set; }

    /// <summary><c>except sundays</c>.</summary>
    public EnglishStated<int>? ExceptWeekdays { get; set; }

    /// <summary><c>except in august</c>.</summary>
    public EnglishStated<int>? ExceptMonths { get; set; }

    /// <summary><c>twice a day</c>.</summary>
    public EnglishStated<int>? Count { get; set; }

    /// <summary><c>in Europe/Berlin</c>.</summary>
    public EnglishStated<Zone>? Zone { get; set; }

    public bool HasDays => Weekdays is not null || Items is not null;
}

/// <summary>A value and the words that said it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Position">Where the words begin.</param>
/// <param name="Length">How long they are.</param>
internal sealed record EnglishStated<T>(T Value, int Position, int Length);
