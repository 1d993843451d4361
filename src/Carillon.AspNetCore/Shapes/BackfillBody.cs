using Carillon.Scheduling;

namespace Carillon.AspNetCore.Shapes;

/// <summary>A range of past instants that shall have their jobs.</summary>
internal sealed record BackfillBody
{
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public int? Max { get; init; }

    public bool? DryRun { get; init; }

    public int? Concurrency { get; init; }

    public TimeSpan? Spread { get; init; }

    public int? Priority { get; init; }

    public BackfillRequest ToRequest(DateTimeOffset from, DateTimeOffset to) => new()
    {
        From = from,
        To = to,
        Max = Max ?? 1_000,
        IsDryRun = DryRun == true,
        Concurrency = Concurrency ?? 1,
        Spread = Spread ?? TimeSpan.Zero,
        Priority = Priority,
    };
}
