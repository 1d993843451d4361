using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Handlers;

/// <summary>The statuses by which a call has succeeded: <c>200</c>, <c>"2xx"</c>, or a list of both.</summary>
[JsonConverter(typeof(StatusSetJson))]
internal sealed record StatusSet(IReadOnlyList<StatusSpan> Spans)
{
    public static StatusSet Success { get; } = new([new StatusSpan(200, 299)]);

    public bool Contains(int status) => Spans.Any(span => status >= span.From && status <= span.To);

    public override string ToString() => string.Join(", ", Spans);
}

/// <summary>One status, or all of a class.</summary>
internal readonly record struct StatusSpan(int From, int To)
{
    public override string ToString() => From == To ? From.ToString(CultureInfo.InvariantCulture) : $"{From / 100}xx";
}

/// <summary>Reads the three forms; writes a list.</summary>
internal sealed class StatusSetJson : JsonConverter<StatusSet>
{
    private const string Expected = "a status from 100 to 599, a class such as \"2xx\", or a list of them was expected";

    public override StatusSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return new StatusSet([ReadOne(ref reader)]);
        }

        var spans = new List<StatusSpan>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            spans.Add(ReadOne(ref reader));
        }

        return spans.Count is > 0 and <= 100 ? new StatusSet(spans) : throw new JsonException(Expected);
    }

    public override void Write(Utf8JsonWriter writer, StatusSet value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var span in value.Spans)
        {
            writer.WriteStringValue(span.ToString());
        }

        writer.WriteEndArray();
    }

    private static StatusSpan ReadOne(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var status) && status is >= 100 and <= 599 => new StatusSpan(status, status),
        JsonTokenType.String => OfText(reader.GetString()!),
        _ => throw new JsonException(Expected),
    };

    private static StatusSpan OfText(string text)
    {
        if (text.Length == 3 && text[0] is >= '1' and <= '5' && text.EndsWith("xx", StringComparison.OrdinalIgnoreCase))
        {
            var first = (text[0] - '0') * 100;
            return new StatusSpan(first, first + 99);
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599
            ? new StatusSpan(status, status)
            : throw new JsonException(Expected);
    }
}
