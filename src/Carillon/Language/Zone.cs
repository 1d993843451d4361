using NodaTime;

namespace Carillon.Language;

/// <summary>A time zone of the zone data that travel with the product; get one from <see cref="Zones.TryFind"/>.</summary>
public sealed class Zone : IEquatable<Zone>
{
    internal Zone(string id, DateTimeZone rules)
    {
        Id = id;
        Rules = rules;
        FixedOffset = rules.MinOffset == rules.MaxOffset ? rules.MinOffset.Seconds : null;
    }

    /// <summary>Coordinated universal time.</summary>
    public static Zone Utc { get; } = new("UTC", DateTimeZone.Utc);

    /// <summary>The IANA id.</summary>
    public string Id { get; }

    internal DateTimeZone Rules { get; }

    /// <summary>Its changes of clocks, gathered when the first search asks for them.</summary>
    internal ZoneClock Clock => field ??= new ZoneClock(Rules);

    /// <summary>Seconds east of Greenwich of a zone that never changes its clocks.</summary>
    internal int? FixedOffset { get; }

    /// <summary>The instant as the zone's clocks show it. An offset with seconds (before 1972) is cut to whole minutes; the instant stays.</summary>
    public DateTimeOffset ToLocal(DateTimeOffset instant)
    {
        var seconds = FixedOffset ?? Rules.GetUtcOffset(Instant.FromDateTimeOffset(instant)).Seconds;
        return instant.ToOffset(TimeSpan.FromMinutes(seconds / 60));
    }

    /// <summary>How its clock is moved on a day of its own calendar; null when it is not, and the first move when it is moved twice.</summary>
    public ClockChange? ChangeOn(DateOnly day)
    {
        // The day begins by the clock before the change and ends by the one after it.
        var noon = (day.DayNumber * 86_400L) + 43_200;
        for (var span = Math.Max(1, Clock.SpanOf(noon - 86_400 - 43_200)); span <= Clock.Last && Clock.Start(span) < noon + (2 * 86_400); span++)
        {
            var (start, before, after) = (Clock.Start(span), Clock.Offset(span - 1), Clock.Offset(span));
            if (DayOf(start + Math.Min(before, after)) != day && DayOf(start + Math.Max(before, after)) != day) continue;
            return new ClockChange(new DateTimeOffset(start * TimeSpan.TicksPerSecond, TimeSpan.Zero), TimeSpan.FromSeconds(after - before));
        }

        return null;
    }

    private static DateOnly DayOf(long second) => DateOnly.FromDayNumber((int)(second / 86_400));

    /// <summary>The instant of a local time, in UTC; null where it is skipped.</summary>
    internal DateTimeOffset? ToInstant(DateTime local, ClockChanges changes)
    {
        var mapping = Rules.MapLocal(LocalDateTime.FromDateTime(local));
        var instant = mapping.Count switch
        {
            0 when changes.Gap == ClockGap.Skip => (Instant?)null,
            0 when changes.Gap == ClockGap.Shift => mapping.LocalDateTime.WithOffset(mapping.EarlyInterval.WallOffset).ToInstant(),
            0 => mapping.EarlyInterval.End,
            _ => (changes.Repeat == ClockRepeat.Last ? mapping.Last() : mapping.First()).ToInstant(),
        };
        return instant?.ToDateTimeOffset();
    }

    /// <inheritdoc/>
    public bool Equals(Zone? other) => other?.Id == Id;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Zone);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
