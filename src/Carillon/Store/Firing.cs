namespace Carillon.Store;

/// <summary>One step of a schedule's life: its next instant moves from <paramref name="ExpectedNextAt"/> to <paramref name="NextAt"/>.</summary>
/// <param name="Schedule">Name of the schedule.</param>
/// <param name="ScheduleId">Its id: a schedule made anew under the old name is another one.</param>
/// <param name="Version">The version that the decision was made from.</param>
/// <param name="ExpectedNextAt">The instant being handled; if the row holds another, nothing is written.</param>
/// <param name="NextAt">The instant after it.</param>
internal sealed record Firing(string Schedule, Guid ScheduleId, long Version, DateTimeOffset ExpectedNextAt, DateTimeOffset? NextAt)
{
    /// <summary>The jobs to make, oldest instant first; more than one where several instants are late, or under the misfire policy <c>all</c>.</summary>
    public IReadOnlyList<NewJob> Jobs { get; init; } = [];

    /// <summary>How the jobs meet a live job of the schedule.</summary>
    public OverlapPolicy Overlap { get; init; }

    /// <summary>The key by which live jobs of the schedule are found; null for <see cref="OverlapPolicy.Allow"/>.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Facts to record with it: skipped instants with their reason.</summary>
    public IReadOnlyList<JournalEntry> Facts { get; init; } = [];
}

/// <summary>What became of a <see cref="Firing"/>.</summary>
/// <param name="IsApplied">False: another node handled the instant, or the schedule changed; nothing was written.</param>
/// <param name="Made">How many jobs were made.</param>
/// <param name="SkippedByOverlap">How many were not made because one still lives.</param>
internal readonly record struct FireResult(bool IsApplied, int Made, int SkippedByOverlap);

/// <summary>The schedules that are due, and when the next one is.</summary>
/// <param name="Schedules">Earliest first.</param>
/// <param name="NextAt">The earliest instant among the others; null when there is none.</param>
internal sealed record DueSchedules(IReadOnlyList<Schedule> Schedules, DateTimeOffset? NextAt);
