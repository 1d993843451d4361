using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>What limits a queue, over the whole cluster.</summary>
public sealed record QueueLimits
{
    /// <inheritdoc cref="QueueSettings.MaxConcurrent"/>
    public int? MaxConcurrent { get; init; }

    /// <inheritdoc cref="QueueSettings.MaxRate"/>
    public RateLimit? MaxRate { get; init; }

    /// <inheritdoc cref="QueueSettings.MaxRatePerGroup"/>
    public RateLimit? MaxRatePerGroup { get; init; }

    /// <inheritdoc cref="QueueSettings.IsFair"/>
    public bool IsFair { get; init; }

    internal static QueueLimits Of(QueueSettings settings) => new()
    {
        MaxConcurrent = settings.MaxConcurrent,
        MaxRate = settings.MaxRate,
        MaxRatePerGroup = settings.MaxRatePerGroup,
        IsFair = settings.IsFair,
    };

    internal QueueSettings On(QueueSettings settings) =>
        settings with { MaxConcurrent = MaxConcurrent, MaxRate = MaxRate, MaxRatePerGroup = MaxRatePerGroup, IsFair = IsFair };
}
