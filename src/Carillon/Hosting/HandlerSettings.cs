using Carillon.Jobs;

namespace Carillon.Hosting;

/// <summary>What a host says of one handler in place of its code; null leaves that to the code.</summary>
public sealed record HandlerSettings
{
    /// <inheritdoc cref="HandlerDefinition.MaxConcurrent"/>
    public int? MaxConcurrent { get; init; }

    /// <inheritdoc cref="HandlerDefinition.KeepFinished"/>
    public TimeSpan? KeepFinished { get; init; }

    internal HandlerDefinition On(HandlerDefinition handler) =>
        handler with { MaxConcurrent = MaxConcurrent ?? handler.MaxConcurrent, KeepFinished = KeepFinished ?? handler.KeepFinished };
}
