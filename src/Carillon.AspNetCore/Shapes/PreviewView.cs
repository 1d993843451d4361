using System.Globalization;
using System.Text.Json.Serialization;
using Carillon.Language;
using Carillon.Scheduling;

namespace Carillon.AspNetCore.Shapes;

/// <summary>What a recurrence means, and its next instants; <c>carillon next --json</c> answers the same.</summary>
internal sealed record PreviewView
{
    public required RecurrenceForm Form { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Dialect { get; init; }

    public required string Canonical { get; init; }

    public required string Explanation { get; init; }

    public required IReadOnlyList<FieldExplanation> Fields { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required string Zone { get; init; }

    public required string ZoneData { get; init; }

    public required IReadOnlyList<PreviewInstant> Next { get; init; }

    public static PreviewView Of(RecurrencePreview preview) => new()
    {
        Form = preview.Recurrence.Form,
        Dialect = preview.Recurrence.Dialect,
        Canonical = preview.Canonical,
        Explanation = preview.Explanation,
        Fields = preview.Recurrence.ExplainFields(),
        Warnings = preview.Recurrence.Warnings,
        Zone = preview.Zone.Id,
        ZoneData = Zones.Version,
        Next = [.. preview.Next.Select(next => Of(next, preview.Zone))],
    };

    private static PreviewInstant Of(Occurrence next, Zone zone) => new(
        next.At, next.Local.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        zone.ChangeOn(DateOnly.FromDateTime(next.Local.DateTime)) is { } change ? $"{change} at {zone.ToLocal(change.At) - change.By:HH:mm}" : null);
}

/// <summary>One instant: in UTC, as the zone's clocks show it, and how they are moved on that day.</summary>
internal sealed record PreviewInstant(DateTimeOffset At, string Local, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Clock);
