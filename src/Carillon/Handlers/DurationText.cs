using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Language;

namespace Carillon.Handlers;

/// <summary>A duration in a handler's arguments.</summary>
internal sealed class DurationText : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Durations.TryParse(reader.GetString(), out var duration, out _)
            ? duration
            : throw new JsonException("a duration was expected, such as 30s, 5m, 1h30m or PT30S");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Durations.Format(value));
}
