using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.AspNetCore.Json;

/// <summary>Instants: ISO 8601 with an offset in, UTC out.</summary>
internal static class Instants
{
    public const string Expected = "must be an ISO 8601 instant with an offset, such as 2026-03-29T01:30:00Z or 2026-03-29T03:30:00+02:00";
    private const string Shown = "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    public static bool TryParse(string? text, out DateTimeOffset instant)
    {
        instant = default;

        // The formats' K also takes the absence of an offset, which would mean this machine's zone.
        return text is { Length: <= 40 } && HasOffset(text)
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant);
    }

    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString(Shown, CultureInfo.InvariantCulture);

    private static bool HasOffset(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
}

/// <summary>JSON of an instant.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Instants.TryParse(reader.GetString(), out var instant) ? instant : throw new JsonException(Instants.Expected);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Instants.Format(value));
}
