using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Language;

/// <summary>
/// A recurrence as JSON, which reads back to an equal one: <c>{"form":"cron","text":"0 9 * * 1-5","dialect":"unix"}</c>, with <c>gap</c> and
/// <c>repeat</c> where they were chosen, and <c>anchor</c> where an interval has one.
/// </summary>
public sealed class RecurrenceConverter : JsonConverter<Recurrence>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">It is no recurrence; the message says why.</exception>
    public override Recurrence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("A recurrence is a JSON object: {\"form\":\"cron\",\"text\":\"0 9 * * 1-5\"}.");
        var given = document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString(), StringComparer.Ordinal);
        var text = new RecurrenceText(Choice<RecurrenceForm>(given, "form") ?? RecurrenceForm.Cron, given.GetValueOrDefault("text") ?? "", given.GetValueOrDefault("dialect"));
        if (!Recurrence.TryParse(text, out var recurrence, out var error)) throw new JsonException(error.Message);
        var anchor = given.GetValueOrDefault("anchor");
        recurrence = recurrence.With(new ClockChanges(Choice<ClockGap>(given, "gap"), Choice<ClockRepeat>(given, "repeat")));
        return anchor is null ? recurrence : recurrence.AnchoredAt(DateTimeOffset.Parse(anchor, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Recurrence value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        Write(writer, "form", Name(value.Form));
        Write(writer, "text", value.ToString());
        Write(writer, "dialect", value.Dialect);
        Write(writer, "gap", value.Changes.Gap is { } gap ? Name(gap) : null);
        Write(writer, "repeat", value.Changes.Repeat is { } repeat ? Name(repeat) : null);
        Write(writer, "anchor", value.Anchor?.ToString("O", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string member, string? value)
    {
        if (value is not null) writer.WriteString(member, value);
    }

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static T? Choice<T>(Dictionary<string, string?> given, string member)
        where T : struct, Enum
    {
        if (given.GetValueOrDefault(member) is not { } name) return null;
        return Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => Name(value!.Value) == name)
            ?? throw new JsonException($"'{Shown.Of(name)}' is no {member}; it is one of {string.Join(", ", Enum.GetValues<T>().Select(Name))}.");
    }
}
