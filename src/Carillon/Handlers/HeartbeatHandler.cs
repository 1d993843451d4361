using System.Text.Json.Serialization;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Handlers;

/// <summary>It takes no arguments.</summary>
internal sealed record HeartbeatArgs;

/// <summary>What a heartbeat says.</summary>
internal sealed record HeartbeatResult(string Node, DateTimeOffset At, [property: JsonPropertyName("uptimeSeconds")] double Uptime, long WorkingSetBytes);

/// <summary>Says that the node lives: proves the way from schedule to output without touching anything.</summary>
internal sealed partial class HeartbeatHandler(string node, DateTimeOffset startedAt)
{
    public const string Name = "system_heartbeat";

    public const string Alias = "heartbeat";

    /// <summary>Its id among the task functions of the older API.</summary>
    public static readonly Guid OlderId = new("00000000-0000-0000-0000-000000000001");

    private const string Schema = """{"type":"object","properties":{},"additionalProperties":false}""";

    public HandlerDefinition Under(string name) => new()
    {
        Name = name,
        Description = "Logs one line and answers with the node's name, uptime and memory.",
        ArgsSchema = Schema,
        Run = RunAsync,
    };

    private Task<Outcome?> RunAsync(JobContext context)
    {
        _ = HandlerArgs.Read(context, HandlerJson.Default.HeartbeatArgs);
        var now = context.Clock.GetUtcNow();
        var uptime = now > startedAt ? now - startedAt : TimeSpan.Zero;
        context.SetResult(new HeartbeatResult(node, now, Math.Round(uptime.TotalSeconds, 3), Environment.WorkingSet), HandlerJson.Default.HeartbeatResult);
        LogBeat(context.Logger, node, uptime);
        return Task.FromResult<Outcome?>(null);
    }

    [LoggerMessage(1500, LogLevel.Information, "Node {Node} is alive and has been up for {Uptime}")]
    private static partial void LogBeat(ILogger logger, string node, TimeSpan uptime);
}
