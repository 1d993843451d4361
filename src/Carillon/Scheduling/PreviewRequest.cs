using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>A text whose meaning somebody wants to see before a schedule is made of it.</summary>
public sealed record PreviewRequest
{
    /// <summary>How <see cref="Expression"/> is read.</summary>
    public required RecurrenceKind Kind { get; init; }

    /// <summary>The text.</summary>
    public required string Expression { get; init; }

    /// <summary>The cron dialect; null for <c>unix</c>.</summary>
    public string? Dialect { get; init; }

    /// <summary>IANA or Windows zone id; null for the one that the text names, else the host's.</summary>
    public string? Zone { get; init; }

    /// <summary>The schedule's name, by which <c>H</c> spreads.</summary>
    public string? Name { get; init; }

    /// <summary>What it does at a change of clocks.</summary>
    public ClockChanges Changes { get; init; }

    /// <summary>Later than this, and an interval counts from here; null for now.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary><see cref="From"/> itself counts too.</summary>
    public bool IsInclusive { get; init; }

    /// <summary>How many instants, 1 to 1,000.</summary>
    public int Count { get; init; } = 5;
}
