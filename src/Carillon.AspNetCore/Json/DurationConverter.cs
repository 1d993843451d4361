using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Language;

namespace Carillon.AspNetCore.Json;

/// <summary>JSON of a span of time: text in and out, never a number whose unit is a guess.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Durations.TryParse(reader.GetString(), out var duration, out _) ? duration : throw new JsonException("must be a duration");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Durations.Format(value));
}
