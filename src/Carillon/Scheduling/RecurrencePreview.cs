using Carillon.Language;

namespace Carillon.Scheduling;

/// <summary>What a text means.</summary>
/// <param name="Recurrence">What was read.</param>
/// <param name="Zone">By whose clocks: the one that the text names, else the one that was given.</param>
/// <param name="Next">The next instants; empty when it never fires.</param>
public sealed record RecurrencePreview(Recurrence Recurrence, Zone Zone, IReadOnlyList<Occurrence> Next)
{
    /// <summary>The text as Carillon writes it.</summary>
    public string Canonical => Recurrence.ToString();

    /// <summary>In plain English.</summary>
    public string Explanation => Recurrence.Explain();

    /// <summary>Looks at a recurrence from an instant on; an interval counts from there.</summary>
    /// <param name="recurrence">What to look at.</param>
    /// <param name="zone">By whose clocks, unless the text itself names a zone.</param>
    /// <param name="from">The instant.</param>
    /// <param name="isInclusive">It counts itself too.</param>
    /// <param name="count">At most so many instants.</param>
    public static RecurrencePreview Of(Recurrence recurrence, Zone zone, DateTimeOffset from, bool isInclusive, int count)
    {
        ArgumentNullException.ThrowIfNull(recurrence);
        ArgumentNullException.ThrowIfNull(zone);
        var anchored = recurrence.AnchoredAt(from);
        var clock = recurrence.Zone ?? zone;
        var after = isInclusive && from > DateTimeOffset.MinValue ? from.AddTicks(-1) : from;
        var next = anchored.Between(after, DateTimeOffset.MaxValue, clock).Take(count).Select(instant => new Occurrence(instant, clock.ToLocal(instant)));
        return new RecurrencePreview(recurrence, clock, [.. next]);
    }
}
