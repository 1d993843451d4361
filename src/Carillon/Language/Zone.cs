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

    /// <summary>Seconds east of Greenwich of a zone that never changes its clocks.</summary>
    internal int? FixedOffset { get; }

    /// <summary>The instant as the zone's clocks show it. An offset with seconds (before 1972) is cut to whole minutes; the instant stays.</summary>
    public DateTimeOffset ToLocal(DateTimeOffset instant)
    {
        var seconds = FixedOffset ?? Rules.GetUtcOffset(Instant.FromDateTimeOffset(instant)).Seconds;
        return instant.ToOffset(TimeSpan.FromMinutes(seconds / 60));
    }

    /// <summary>The instant of a local time: the gap's end for one that the clock skips, the first for one that it shows twice.</summary>
    internal DateTimeOffset ToInstant(DateTime local)
    {
        var mapping = Rules.MapLocal(LocalDateTime.FromDateTime(local));
        return mapping.Count == 0 ? mapping.EarlyInterval.End.ToDateTimeOffset() : mapping.First().ToInstant().ToDateTimeOffset();
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
