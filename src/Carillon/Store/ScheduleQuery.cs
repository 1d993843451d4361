namespace Carillon.Store;

/// <summary>A page of schedules by name.</summary>
public sealed record ScheduleQuery
{
    /// <summary>Owned by this file.</summary>
    public string? Owner { get; init; }

    /// <summary>Of this handler.</summary>
    public string? Handler { get; init; }

    /// <summary>In this mode.</summary>
    public ScheduleMode? Mode { get; init; }

    /// <summary>That use this calendar.</summary>
    public string? Calendar { get; init; }

    /// <summary>Only names after this one (ordinal order): the last of the page before.</summary>
    public string? After { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 50;
}
