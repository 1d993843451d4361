using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Carillon.AspNetCore.Json;
using Carillon.Language;

namespace Carillon.Server.Verbs;

/// <summary>
/// Many questions at once: a JSON object a line, <c>{"id","expr","dialect","zone","from","inclusive","count"}</c>, answered in order by
/// <c>{"id","next":[…]}</c>, <c>{"id","next":null}</c> or <c>{"id","error":{"position","message"}}</c>. A line that cannot be read is answered too.
/// </summary>
internal static class NextBatch
{
    private const int MaxCount = 1_000;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Run(TextReader questions, TextWriter answers, TimeProvider clock)
    {
        using var buffer = new MemoryStream();
        using var writer = new Utf8JsonWriter(buffer, Plain);
        while (questions.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            buffer.SetLength(0);
            writer.Reset();
            Answer(line, writer, clock.GetUtcNow());
            writer.Flush();
            answers.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
        }

        answers.Flush();
        return Cli.Exit.Ok;
    }

    private static void Answer(string line, Utf8JsonWriter writer, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            Answer(document.RootElement, writer, now);
        }
        catch (JsonException error)
        {
            Write(writer, default, new ParseError((int)(error.BytePositionInLine ?? 0), 0, "The line is no JSON object", "{\"id\":\"1\",\"expr\":\"0 9 * * *\"}"));
        }
    }

    private static void Answer(JsonElement question, Utf8JsonWriter writer, DateTimeOffset now)
    {
        if (question.ValueKind != JsonValueKind.Object)
        {
            Write(writer, default, new ParseError(0, 0, "The line is no JSON object", "{\"id\":\"1\",\"expr\":\"0 9 * * *\"}"));
            return;
        }

        question.TryGetProperty("id", out var id);
        var error = TryRead(question, now, out var asked);
        if (error is not null) Write(writer, id, error);
        else Write(writer, id, asked);
    }

    private static ParseError? TryRead(JsonElement question, DateTimeOffset now, out Asked asked)
    {
        asked = default;
        if (Strange(question) is { } strange) return strange;
        var text = Text(question, "expr") ?? "";
        var (dialect, isInclusive) = (Text(question, "dialect"), question.TryGetProperty("inclusive", out var inclusive) && inclusive.ValueKind == JsonValueKind.True);
        var form = dialect is null ? RecurrenceGuess.FormOf(text) : RecurrenceForm.Cron;
        if (Text(question, "form") is { } given && !Names.TryParse(given, out form)) return new ParseError(0, 0, $"'form': {Names.Expected<RecurrenceForm>(given)}", "a form");
        if (!Recurrence.TryParse(new RecurrenceText(form, text, dialect, Text(question, "name")), out var recurrence, out var error)) return error;
        if (!Zones.TryFind(Text(question, "zone") ?? "UTC", out var zone, out var zoneError)) return new ParseError(0, 0, zoneError.TrimEnd('.'), "a zone");
        var from = now;
        if (Text(question, "from") is { } instant && !Instants.TryParse(instant, out from)) return new ParseError(0, 0, $"'from' ({Shown.Of(instant)}) {Instants.Expected}", "an instant");
        var count = question.TryGetProperty("count", out var number) && number.ValueKind != JsonValueKind.Null ? number.GetInt32() : 1;
        if (count is < 1 or > MaxCount) return new ParseError(0, 0, $"'count' ({count}) is out of range", $"1 to {MaxCount}");
        asked = new Asked(recurrence.AnchoredAt(from), recurrence.Zone ?? zone, isInclusive && from > DateTimeOffset.MinValue ? from.AddTicks(-1) : from, count);
        return null;
    }

    // A member of a wrong type or a mistyped name must not be taken for one that is absent.
    private static ParseError? Strange(JsonElement question)
    {
        foreach (var member in question.EnumerateObject())
        {
            var isRight = (member.Name, member.Value.ValueKind) switch
            {
                ("id", _) or (_, JsonValueKind.Null) => true,
                ("inclusive", JsonValueKind.True or JsonValueKind.False) => true,
                ("count", JsonValueKind.Number) => member.Value.TryGetInt32(out _),
                ("expr" or "dialect" or "zone" or "from" or "form" or "name", JsonValueKind.String) => true,
                _ => false,
            };
            if (!isRight) return new ParseError(0, 0, $"The member '{Shown.Of(member.Name)}' is not known or of a wrong type", "id, expr, dialect, zone, from, inclusive, count, form, name");
        }

        return null;
    }

    private static string? Text(JsonElement question, string name) =>
        question.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static void Write(Utf8JsonWriter writer, JsonElement id, Asked asked)
    {
        Begin(writer, id);
        var isNever = true;
        foreach (var instant in asked.Recurrence.Between(asked.After, DateTimeOffset.MaxValue, asked.Zone).Take(asked.Count))
        {
            if (isNever) writer.WriteStartArray("next");
            isNever = false;
            writer.WriteStringValue(asked.Zone.ToLocal(instant).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture));
        }

        if (isNever) writer.WriteNull("next");
        else writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement id, ParseError error)
    {
        Begin(writer, id);
        writer.WriteStartObject("error");
        writer.WriteNumber("position", error.Position);
        writer.WriteString("message", error.Message);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter writer, JsonElement id)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("id");
        if (id.ValueKind == JsonValueKind.Undefined) writer.WriteNullValue();
        else id.WriteTo(writer);
    }

    private readonly record struct Asked(Recurrence Recurrence, Zone Zone, DateTimeOffset After, int Count);
}
