namespace Carillon.Language;

/// <summary>Something that an iCalendar file says is on: once or again and again.</summary>
internal sealed record CalendarEvent
{
    /// <summary>Whole days; else a time of day.</summary>
    public required bool IsDays { get; init; }

    /// <summary>When it begins, as the zone's clocks show it.</summary>
    public required DateTime Start { get; init; }

    /// <summary>How long it is by the clock.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>The zone; null for whatever zone the calendar is read in.</summary>
    public Zone? Zone { get; init; }

    /// <summary>Null for once.</summary>
    public CalendarRule? Rule { get; init; }

    /// <summary>Begins that do not take place.</summary>
    public IReadOnlySet<DateTime> Except { get; init; } = new HashSet<DateTime>();

    /// <summary>Takes up a whole date.</summary>
    public bool Covers(DateOnly date) => IsDays && Touches(date);

    /// <summary>Takes up some of a date.</summary>
    public bool Touches(DateOnly date) => Begins(date).Any(begin => begin + Length > date.ToDateTime(TimeOnly.MinValue));

    /// <summary>Where the occurrence ends that an instant lies in; null when it lies in none.</summary>
    public DateTimeOffset? EndAround(DateTimeOffset instant, Zone zone)
    {
        var own = Zone ?? zone;
        var date = DateOnly.FromDateTime(own.ToLocal(instant).DateTime);
        foreach (var begin in Begins(date))
        {
            if (own.ToInstant(begin, default) <= instant && own.ToInstant(begin + Length, default) is var end && instant < end) return end;
        }

        return null;
    }

    /// <summary>The begins up to the end of a date whose occurrences may last into it.</summary>
    private IEnumerable<DateTime> Begins(DateOnly date)
    {
        var days = (int)Math.Ceiling(Length.TotalDays);
        if (Rule is null) return DateOnly.FromDateTime(Start) <= date ? [Start] : [];
        return Enumerable.Range(0, days + 1).Select(back => date.AddDays(-back).ToDateTime(TimeOnly.FromDateTime(Start))).Where(begin => Rule.Has(begin) && !Except.Contains(begin));
    }
}
