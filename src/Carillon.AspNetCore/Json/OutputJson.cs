using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.AspNetCore.Json;

/// <summary>A schedule's outputs, as they were written.</summary>
/// <param name="Utf8">Valid JSON.</param>
[JsonConverter(typeof(OutputJsonConverter))]
internal readonly record struct OutputJson(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static string? Check(JsonElement element) => element.ValueKind is JsonValueKind.Array or JsonValueKind.Object
        ? null
        : "must be a list such as [{\"type\":\"stdio\",\"format\":\"json\"}], or {\"destinations\":[\"stdio\"],\"format\":\"json\"}";
}

/// <summary>Keeps its bytes.</summary>
internal sealed class OutputJsonConverter : JsonConverter<OutputJson>
{
    public override OutputJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new OutputJson(JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray());
    }

    public override void Write(Utf8JsonWriter writer, OutputJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
