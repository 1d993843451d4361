namespace Carillon.Store;

/// <summary>Which jobs; unset members do not restrict.</summary>
public sealed record JobFilter
{
    /// <summary>These ids.</summary>
    public IReadOnlyList<Guid>? Ids { get; init; }

    /// <summary>In one of these states.</summary>
    public IReadOnlyList<JobState>? States { get; init; }

    /// <summary>Of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Of this group, in whichever queue.</summary>
    public string? Group { get; init; }

    /// <summary>Of this handler.</summary>
    public string? Handler { get; init; }

    /// <summary>Made by this schedule.</summary>
    public string? Schedule { get; init; }

    /// <summary>Created at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Created before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Its nominal instant is this or later.</summary>
    public DateTimeOffset? ScheduledFrom { get; init; }

    /// <summary>Its nominal instant is earlier.</summary>
    public DateTimeOffset? ScheduledTo { get; init; }

    /// <summary>True when the job is one of these; every store agrees with this reading.</summary>
    internal bool Matches(Job job) =>
        (Ids is null || Ids.Contains(job.Id))
        && (States is null || States.Contains(job.State))
        && (Queue is null || Queue == job.Queue)
        && (Group is null || Group == job.Group)
        && (Handler is null || Handler == job.Handler)
        && (Schedule is null || Schedule == job.Schedule)
        && (From is null || job.CreatedAt >= From)
        && (To is null || job.CreatedAt < To)
        && (ScheduledFrom is null || job.ScheduledAt >= ScheduledFrom)
        && (ScheduledTo is null || job.ScheduledAt < ScheduledTo);
}

/// <summary>A page of a list, newest first.</summary>
public sealed record JobQuery
{
    /// <summary>Which jobs.</summary>
    public JobFilter Filter { get; init; } = new();

    /// <summary>Only jobs older than this one: the last of the page before.</summary>
    public Guid? Before { get; init; }

    /// <summary>At most so many, 1 to 200.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>What to do to the jobs of a filter.</summary>
public enum JobChange
{
    /// <summary>A waiting job is cancelled at once; a running one is asked to stop.</summary>
    Cancel,

    /// <summary>A dead or cancelled job, or one that waits for its next attempt, is due now with all its attempts before it.</summary>
    Retry,

    /// <summary>An ended job and its journal are removed.</summary>
    Delete,
}
