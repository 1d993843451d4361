using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>Runs one job: the handler itself, or a middleware around it. Null is <see cref="Outcome.Succeeded"/>; an exception is a failed attempt.</summary>
/// <param name="context">The job being run.</param>
public delegate Task<Outcome?> JobDelegate(JobContext context);

/// <summary>A handler: the code for one kind of job under a stable name.</summary>
public sealed record HandlerDefinition
{
    /// <summary>Stable name, such as <c>letters.unlock-due</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Reads the arguments and does the work.</summary>
    public required JobDelegate Run { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>The queue of its jobs where the request names none.</summary>
    public string? Queue { get; init; }

    /// <summary>At most so many of its jobs run at once in the whole cluster; null for no limit.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>Its retry policy; null for the host's.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>Attempts in all, the first included; null for as many as <see cref="Retry"/> says. The pauses stay those of the policy.</summary>
    public int? Attempts { get; init; }

    /// <summary>Its limit for one attempt; null for the host's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// How long its ended jobs are kept; null for as long as the host keeps them (7 days). Dead ones are kept no shorter than the host keeps those (30
    /// days). Written with the end of a job: what has ended before keeps its term.
    /// </summary>
    public TimeSpan? KeepFinished { get; init; }

    /// <summary>Exceptions of these types (or derived from them) are not retried.</summary>
    public IReadOnlyList<Type> NeverRetry { get; init; } = [];

    /// <summary>JSON schema of the arguments; null when any JSON will do.</summary>
    public string? ArgsSchema { get; init; }

    /// <summary>May only be used by a configuration file or by code, unless the host opens it to the API: it can do what the process can.</summary>
    public bool IsPrivileged { get; init; }

    /// <summary>Schedules that come with the handler's code.</summary>
    public IReadOnlyList<HandlerSchedule> Schedules { get; init; } = [];
}

/// <summary>A schedule that stands on the handler's own code: <c>[Cron]</c> or <c>[Every]</c>.</summary>
/// <param name="Kind">How the expression is read.</param>
/// <param name="Expression">The recurrence.</param>
public sealed record HandlerSchedule(RecurrenceKind Kind, string Expression)
{
    /// <summary>The schedule's name; null for the handler's.</summary>
    public string? Name { get; init; }

    /// <summary>IANA zone id; null for the host's.</summary>
    public string? Zone { get; init; }

    /// <summary>The cron dialect; null for <c>unix</c>, and for what is not cron.</summary>
    public string? Dialect { get; init; }
}
