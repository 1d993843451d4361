
namespace Carillon.Server.Serving;

/// <summary>How log lines look.</summary>
internal enum LogFormat
{
    /// <summary>For eyes.</summary>
    Text,

    /// <summary>For machines: one object a line.</summary>
    Json,
}

/// <summary>Writes each log record as one line; nothing in a record can begin a second one.</summary>
internal sealed class LogLines(TextWriter output, LogFormat format, TimeProvider clock) : ILoggerProvider, ISupportExternalScope
{
    private readonly Lock _writing = new();
    private IExternalScopeProvider? _scopes;

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => output.Flush();

    internal IDisposable? Push<T>(T state) where T : notnull => _scopes?.Push(state);

    internal void Write(in LogRecord record)
    {
        var line = format == LogFormat.Json ? record.ToJson(clock.GetUtcNow()) : record.ToText(clock.GetUtcNow());
        lock (_writing)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}

/// <summary>The logger of one category.</summary>
internal sealed class LineLogger(LogLines lines, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => lines.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        lines.Write(new LogRecord(logLevel, category, eventId.Id, message, state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception));
    }
}
