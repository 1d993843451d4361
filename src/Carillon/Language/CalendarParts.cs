namespace Carillon.Language;

/// <summary>What a calendar is made of.</summary>
internal sealed record CalendarParts
{
    /// <summary>As it was read.</summary>
    public required string Json { get; init; }

    /// <summary>The zone of its times.</summary>
    public Zone? Zone { get; init; }

    /// <summary>Only these; empty for all.</summary>
    public List<CalendarSpan> Include { get; init; } = [];

    /// <summary>Not these.</summary>
    public List<CalendarSpan> Exclude { get; init; } = [];

    /// <summary>Only in these windows; null for always.</summary>
    public CalendarWeek? Weekly { get; init; }

    /// <summary>Not during these.</summary>
    public List<CalendarEvent> Events { get; init; } = [];

    /// <summary>Only what these let in too.</summary>
    public List<Calendar> Union { get; init; } = [];

    /// <summary>Nothing of these.</summary>
    public List<Calendar> Except { get; init; } = [];
}
