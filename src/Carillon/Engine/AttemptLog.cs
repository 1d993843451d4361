using System.Buffers;
using System.Text;
using System.Text.Json;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>
/// A handler's logger: each line goes to the host's logger and into the attempt's own log, which is written to the journal with the
/// attempt's end and, while it runs, at each heartbeat. Lines are cut at 16 kB, the whole at 1 MB with a marker.
/// </summary>
internal sealed class AttemptLog(ILogger inner, TimeProvider clock, Job job) : ILogger
{
    private const int MaxLine = 16 * 1024;
    private const int MaxTotal = 1024 * 1024;
    private readonly Lock _lock = new();
    private List<(DateTimeOffset At, LogLevel Level, string Text)>? _lines;
    private List<(DateTimeOffset At, LogLevel Level, string Text)> _taken = [];
    private int _total;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information || inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        inner.Log(logLevel, eventId, state, exception, formatter);
        if (logLevel >= LogLevel.Information)
        {
            var text = formatter(state, exception);
            Keep(logLevel, exception is null ? text : $"{text} {exception}");
        }
    }

    /// <summary>The lines since the last call as a journal entry; null when there are none.</summary>
    public JournalEntry? Take()
    {
        List<(DateTimeOffset At, LogLevel Level, string Text)> lines;
        lock (_lock)
        {
            if (_lines is null)
            {
                return null;
            }

            (lines, _taken, _lines) = (_lines, _lines, null);
        }

        return new JournalEntry { Subject = Subject.Of(job.Id), Kind = JournalKinds.Log, At = lines[0].At, Data = Write(lines) };
    }

    /// <summary>What was last taken could not be written: it is taken again next time.</summary>
    public void PutBack()
    {
        lock (_lock)
        {
            (_lines, _taken) = ([.. _taken, .. _lines ?? []], []);
        }
    }

    private void Keep(LogLevel level, string text)
    {
        lock (_lock)
        {
            if (_total > MaxTotal)
            {
                return;
            }

            var line = text.Length <= MaxLine ? text : text[..MaxLine] + "… (cut)";
            _total += line.Length;
            (_lines ??= []).Add((clock.GetUtcNow(), level, _total > MaxTotal ? "(the log is full: 1 MB an attempt; later lines are in the host's log)" : line));
        }
    }

    private string Write(List<(DateTimeOffset At, LogLevel Level, string Text)> lines)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("attempt", job.Attempt);
            writer.WriteNumber("token", job.Token);
            writer.WriteStartArray("lines");
            foreach (var (at, level, text) in lines)
            {
                writer.WriteStartObject();
                writer.WriteString("at", at);
                writer.WriteString("level", level.ToString());
                writer.WriteString("text", text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
