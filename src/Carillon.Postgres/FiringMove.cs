using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>Where a firing found its schedule.</summary>
internal readonly record struct FiringState(long FiredCount, long? MaxCount, DateTimeOffset? LastAt);

/// <summary>Where it moves its schedule.</summary>
internal readonly record struct FiringMove(string Schedule, long FiredCount, DateTimeOffset? LastAt, DateTimeOffset? NextAt);

/// <summary>What a firing says of its schedule.</summary>
internal static class FiringMoves
{
    public static DateTimeOffset InstantOf(this Firing firing, NewJob job) => job.ScheduledAt ?? job.RunAt ?? firing.ExpectedNextAt;

    /// <summary>After these jobs were made. The version stays: it counts changes of the definition, and the next instant itself is what firings compare.</summary>
    public static FiringMove MoveOn(this Firing firing, FiringState state, IReadOnlyList<NewJob> made)
    {
        var firedCount = state.FiredCount + made.Count;
        return new FiringMove(
            firing.Schedule,
            firedCount,
            made.Count > 0 ? made.Max(firing.InstantOf) : state.LastAt,
            firedCount >= state.MaxCount ? null : firing.NextAt);
    }
}
