using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Carillon.Store;

namespace Carillon.Outputs;

/// <summary>The end of an attempt as one line.</summary>
internal static class OutputRecord
{
    public static string Format(Finish finish, OutputFormat format) => format == OutputFormat.Json ? ToJson(finish) : ToText(finish);

    // All members always, null where there is nothing: a reader of columns need not guess.
    private static string ToJson(Finish finish)
    {
        var (job, end) = (finish.Job, EndOf(finish.Outcome));
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("at", finish.EndedAt.UtcDateTime);
            writer.WriteString("job", job.Id);
            writer.WriteString("handler", job.Handler);
            writer.WriteString("schedule", job.Schedule);
            writer.WriteString("scheduledAt", job.ScheduledAt.UtcDateTime);
            writer.WriteNumber("attempt", job.Attempt);
            writer.WriteString("outcome", end.Name);
            writer.WriteNumber("durationMs", DurationOf(finish));
            writer.WritePropertyName("result");
            WriteResult(writer, end.Result);
            writer.WriteString("error", end.Error);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string ToText(Finish finish)
    {
        var (job, end) = (finish.Job, EndOf(finish.Outcome));
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{finish.EndedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {end.Name} {job.Handler}");
        _ = job.Schedule is null ? line : line.Append(CultureInfo.InvariantCulture, $" schedule={job.Schedule}");
        line.Append(CultureInfo.InvariantCulture, $" job={job.Id} scheduledAt={job.ScheduledAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} attempt={job.Attempt} durationMs={DurationOf(finish)}");
        _ = end.Result is null ? line : line.Append(" result=").Append(Compact(end.Result));
        _ = end.Error is null ? line : line.Append(" error=").Append(end.Error);
        return Escape(line.ToString());
    }

    private static long DurationOf(Finish finish) => Math.Max(0, (long)(finish.EndedAt - finish.StartedAt).TotalMilliseconds);

    private static (string Name, string? Result, string? Error) EndOf(Outcome outcome) => outcome switch
    {
        Outcome.Succeeded success => ("succeeded", success.Result, null),
        Outcome.Retry retry => ("retry", null, retry.Error),
        Outcome.Snoozed => ("snoozed", null, null),
        Outcome.Dead dead => ("dead", null, dead.Error),
        Outcome.Cancelled cancelled => ("cancelled", null, cancelled.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "is a kind of outcome that no output knows"),
    };

    private static void WriteResult(Utf8JsonWriter writer, string? result)
    {
        if (result is null)
        {
            writer.WriteNullValue();
            return;
        }

        using var document = JsonDocument.Parse(result);
        document.RootElement.WriteTo(writer);
    }

    // A handler may give its result with line breaks in it.
    private static string Compact(string result)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            WriteResult(writer, result);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // Nothing that a job says may begin a line of its own, move a terminal's cursor, or turn the reading direction.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ when IsInvisible(letter) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }

    private static bool IsInvisible(char letter) =>
        char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
