using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.AspNetCore.Json;

/// <summary>JSON of a rate: the same text as in a configuration file, <c>10/1m</c>.</summary>
internal sealed class RateConverter : JsonConverter<RateLimit>
{
    public override RateLimit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && RateText.TryParse(reader.GetString(), out var rate, out _)
            ? new RateLimit(rate.Count, rate.Per, rate.Burst)
            : throw new JsonException("must be a rate");

    public override void Write(Utf8JsonWriter writer, RateLimit value, JsonSerializerOptions options) => writer.WriteStringValue(RateText.Format(value.Count, value.Per, value.Burst));
}
