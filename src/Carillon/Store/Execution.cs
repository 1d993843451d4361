namespace Carillon.Store;

/// <summary>One attempt at a job by one node: a view of running jobs, of ended ones and of the journal's failed attempts.</summary>
public sealed record Execution
{
    /// <summary>The job.</summary>
    public required Guid Job { get; init; }

    /// <summary>The claim's token; with the job it names the execution.</summary>
    public required long Token { get; init; }

    /// <summary>The job's handler.</summary>
    public required string Handler { get; init; }

    /// <summary>The job's schedule.</summary>
    public string? Schedule { get; init; }

    /// <summary>The attempt's number.</summary>
    public required int Attempt { get; init; }

    /// <summary>Who ran it.</summary>
    public string? Node { get; init; }

    /// <summary><c>running</c>, <c>succeeded</c>, <c>retry</c>, <c>snoozed</c>, <c>dead</c>, <c>cancelled</c>, <c>owner lost</c>.</summary>
    public required string State { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>Its place in the lists, greatest first: running ones have no end yet and stand before all others; job and token only break ties.</summary>
    internal (long, Guid, long) Place => PlaceOf((FinishedAt, Job, Token));

    /// <summary>The same of a cursor.</summary>
    internal static (long, Guid, long) PlaceOf((DateTimeOffset? FinishedAt, Guid Job, long Token) cursor) =>
        (cursor.FinishedAt?.UtcTicks ?? long.MaxValue, cursor.Job, cursor.Token);

    /// <summary>A failed attempt, as the journal has it.</summary>
    internal static Execution Of(Guid job, AttemptFact fact) => new()
    {
        Job = job,
        Token = fact.Token,
        Handler = fact.Handler,
        Schedule = fact.Schedule,
        Attempt = fact.Attempt,
        Node = fact.Node,
        State = fact.State,
        StartedAt = fact.StartedAt,
        FinishedAt = fact.EndedAt,
        Error = fact.Error,
    };
}

/// <summary>A page of executions: the running ones first, then by their end, latest first.</summary>
public sealed record ExecutionQuery
{
    /// <summary>Of this job.</summary>
    public Guid? Job { get; init; }

    /// <summary>Of jobs of this schedule.</summary>
    public string? Schedule { get; init; }

    /// <summary>In this state.</summary>
    public string? State { get; init; }

    /// <summary>The last of the page before: its end (null: it was running), its job and its token.</summary>
    public (DateTimeOffset? FinishedAt, Guid Job, long Token)? After { get; init; }

    /// <summary>At most so many, 1 to 200.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>It stands behind the page before.</summary>
    internal bool IsBehind(Execution execution) => After is not { } after || execution.Place.CompareTo(Execution.PlaceOf(after)) < 0;
}
