using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Handlers;

/// <summary>An attempt as the engine makes one, with its log kept for the test.</summary>
internal sealed class Attempts : ILogger
{
    public static readonly Guid JobId = new("0195aaaa-0000-7000-8000-000000000001");

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly Channel<bool> _added = Channel.CreateUnbounded<bool>();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public JobContext Context(string args, CancellationToken cancellationToken = default) => Context(args, null, cancellationToken);

    public JobContext Context(string args, string? traceparent, CancellationToken cancellationToken)
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var job = new Job
        {
            Id = JobId,
            Handler = "test",
            Args = Encoding.UTF8.GetBytes(args),
            Attempt = 2,
            ScheduledAt = at,
            RunAt = at,
            CreatedAt = at,
            Traceparent = traceparent,
        };
        return new JobContext(job, new JobServices(new ServiceCollection().BuildServiceProvider(), Clock, JsonSerializerOptions.Web), this, cancellationToken);
    }

    /// <summary>Waits for the log line.</summary>
    public async Task SeesAsync(string line)
    {
        while (!Lines.Contains(line))
        {
            await _added.Reader.ReadAsync();
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            _lines.Add(formatter(state, exception));
        }

        _added.Writer.TryWrite(true);
    }
}
