using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.AspNetCore.Json;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>A calendar as a caller (or a configuration file) writes it.</summary>
internal sealed record CalendarBody
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Zone { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Include { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Exclude { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Weekly { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ical { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CalendarNamesBody? Calendars { get; init; }

    /// <summary>Always in the same order, so that the same calendar is the same text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ApiJson.Wire.CalendarBody);
}

/// <summary>The calendars that one is combined with.</summary>
internal sealed record CalendarNamesBody
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Union { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Except { get; init; }
}

/// <summary>A calendar.</summary>
internal sealed record CalendarView(string Name, CalendarBody Calendar, long Version, DateTimeOffset UpdatedAt)
{
    public static CalendarView Of(Definition definition) =>
        new(definition.Name, JsonSerializer.Deserialize(definition.Body, ApiJson.Wire.CalendarBody)!, definition.Version, definition.UpdatedAt);
}
