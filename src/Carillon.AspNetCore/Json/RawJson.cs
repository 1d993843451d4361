using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.AspNetCore.Json;

/// <summary>JSON that passes through byte for byte: arguments and results.</summary>
/// <param name="Utf8">Valid JSON.</param>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>Arguments as they were given; the empty object when there were none.</summary>
    public static RawJson Of(byte[] json) => new(json.Length == 0 ? "{}"u8.ToArray() : json);

    /// <summary>A result; null when there is none. A handler may have returned text that is no JSON: it is shown as text.</summary>
    public static RawJson? Of(string? json)
    {
        if (string.IsNullOrEmpty(json))
        {
            return null;
        }

        var utf8 = Encoding.UTF8.GetBytes(json);
        return new RawJson(IsJson(utf8) ? utf8 : Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(json)}\""));
    }

    private static bool IsJson(byte[] utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>Keeps the bytes of a value as they stand in the body, blanks and all.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new RawJson(JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray());
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
