using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>A range of a schedule's past instants that shall have their jobs.</summary>
public sealed record BackfillRequest
{
    /// <summary>The first instant of the range.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The end of the range, itself not in it; not in the future.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>More instants than this are refused whole, 1 to 10,000.</summary>
    public int Max { get; init; } = 1_000;

    /// <summary>Only says what would be made.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>At most so many of them run at once, 1 to 1,000; 1 runs them one after the other, in the order of their instants.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>They become due evenly over so long a time; at once where it is 0.</summary>
    public TimeSpan Spread { get; init; }

    /// <summary>Their priority; null for 50 below the schedule's, so that they let everyday work pass.</summary>
    public int? Priority { get; init; }

    internal IEnumerable<Fault> Check(DateTimeOffset now)
    {
        if (From >= To)
        {
            yield return new Fault("from", $"{From:O}", $"must be before to ({To:O})");
        }

        if (To > now)
        {
            yield return new Fault("to", $"{To:O}", $"must not be in the future (it is {now:O} now): instants to come make their jobs themselves");
        }

        if (Max is < 1 or > 10_000)
        {
            yield return new Fault("max", $"{Max}", "must be from 1 to 10000; take a longer range in parts");
        }

        if (Concurrency is < 1 or > 1_000)
        {
            yield return new Fault("concurrency", $"{Concurrency}", "must be from 1 to 1000");
        }

        if (Spread < TimeSpan.Zero || Spread > TimeSpan.FromDays(366))
        {
            yield return new Fault("spread", Language.Durations.Format(Spread.Duration()), "must be from 0s to 366d");
        }

        foreach (var fault in Priority is { } priority ? Jobs.JobRules.Priority(priority) : [])
        {
            yield return fault;
        }
    }
}
