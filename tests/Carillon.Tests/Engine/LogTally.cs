using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Engine;

/// <summary>Counts log lines by their event id: what was said, not how.</summary>
internal sealed class LogTally : ILoggerFactory, ILogger
{
    private readonly ConcurrentBag<(int Id, LogLevel Level)> _lines = [];

    public int Count(int id) => _lines.Count(line => line.Id == id);

    public LogLevel LevelOf(int id) => _lines.First(line => line.Id == id).Level;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Add((eventId.Id, logLevel));

    public void Dispose() { }
}
