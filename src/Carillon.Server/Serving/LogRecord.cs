using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Server.Serving;

/// <summary>One log record and its two forms.</summary>
internal readonly record struct LogRecord(
    LogLevel Level, string Category, int EventId, string Message, IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Exception)
{
    public string ToText(DateTimeOffset now)
    {
        var exception = Exception is null ? "" : $" | {Exception}";
        return string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Name,-5} {Category[(Category.LastIndexOf('.') + 1)..]}: {Plain.Text(Message + exception)}");
    }

    public string ToJson(DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("at", now.UtcDateTime);
            json.WriteString("level", Name);
            json.WriteString("category", Category);
            json.WriteNumber("event", EventId);
            json.WriteString("message", Message);
            WriteValues(json);
            WriteEnd(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteValues(Utf8JsonWriter json)
    {
        foreach (var (name, value) in Values)
        {
            if (name != "{OriginalFormat}" && value is not null)
            {
                json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(name) is var camel && camel is "at" or "level" or "category" or "event" or "message" ? $"{camel}Value" : camel,
                    Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }
    }

    private void WriteEnd(Utf8JsonWriter json)
    {
        if (Activity.Current is { } activity)
        {
            json.WriteString("traceId", activity.TraceId.ToHexString());
        }

        if (Exception is not null)
        {
            json.WriteString("exception", Exception.ToString());
        }
    }

    private string Name => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "crit",
    };
}
