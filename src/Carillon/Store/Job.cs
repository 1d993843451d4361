namespace Carillon.Store;

/// <summary>One piece of work at rest. Live jobs stand in the hot table, ended ones in the append-only one; a reader sees both alike.</summary>
public sealed record Job
{
    /// <summary>UUIDv7 made from cluster time: ids sort by the order of creation.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is; empty where there is one tenant.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The campus that made it; empty for this one.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Stable name of the code that runs it, never a type name.</summary>
    public required string Handler { get; init; }

    /// <summary>The arguments, encoded as <see cref="ArgsCodec"/> says.</summary>
    public byte[] Args { get; init; } = [];

    /// <summary>How <see cref="Args"/> are encoded; <c>json</c> is UTF-8 JSON.</summary>
    public string ArgsCodec { get; init; } = "json";

    /// <summary>Version of the argument's shape, for upcasting.</summary>
    public int ArgsVersion { get; init; }

    /// <summary>The queue it waits in.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>−100 to 100, higher first; a waiting job gains a point a minute, so none starves.</summary>
    public int Priority { get; init; }

    /// <summary>Where it stands.</summary>
    public JobState State { get; init; }

    /// <summary>Why it stands there, where a state has more than one cause: <c>attempts</c>, <c>poison</c>, <c>user</c>, <c>expired</c>, <c>overlap</c>, <c>dependency</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Attempts begun that count: an owner loss, a snooze and a shutdown give theirs back.</summary>
    public int Attempt { get; init; }

    /// <summary>Nodes that were lost while they had it, in a row: an attempt that comes to an end of its own, and is followed by another, sets it back to 0.</summary>
    public int OwnerLosses { get; init; }

    /// <summary>The nominal instant; never changes, while <see cref="RunAt"/> moves with retries and jitter.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>Not before this instant.</summary>
    public required DateTimeOffset RunAt { get; init; }

    /// <summary><see cref="RunAt"/> was counted from now (at once, a delay, a back-off, an instant of a schedule that has come), so a step of the machine's clock moves it along.</summary>
    public bool IsDelayed { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Start of the last attempt; while it runs, the instant of its claim, which is somewhat earlier.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended for good.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The node that runs it or ran it last.</summary>
    public string? Node { get; init; }

    /// <summary>Grows with each claim: the fence.</summary>
    public long Token { get; init; }

    /// <summary>The last attempt's error.</summary>
    public string? Error { get; init; }

    /// <summary>The handler's result as JSON.</summary>
    public string? Result { get; init; }

    /// <summary>What the handler last reported, 0 to 100.</summary>
    public double? Progress { get; init; }

    /// <summary>Unique among live jobs of the tenant, and for <see cref="KeyHold"/> beyond the end.</summary>
    public string? Key { get; init; }

    /// <summary>How long the key still holds after the job's end.</summary>
    public TimeSpan KeyHold { get; init; }

    /// <summary>At most one job of this key runs at a time.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Whose it is within its queue (a customer, an account, a host): what the queue's rate for groups counts, and whose turn it is in a fair queue.</summary>
    public string? Group { get; init; }

    /// <summary>Its own retry policy; null for the handler's or the host's.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>Its own limit for one attempt; null for the handler's or the host's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>If it has not begun by then it is cancelled with the reason <c>expired</c>.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Jobs that must end before this one is due; only what is still open.</summary>
    public IReadOnlyList<After> After { get; init; } = [];

    /// <summary>Name of the schedule that made it.</summary>
    public string? Schedule { get; init; }

    /// <summary>Set for a fixed-delay schedule: its next instant is this long after the job's end.</summary>
    public TimeSpan? ScheduleDelay { get; init; }

    /// <summary>Where result and end are written, as the schedule's <c>output</c> JSON.</summary>
    public string? Output { get; init; }

    /// <summary>W3C trace context of the enqueuing call.</summary>
    public string? Traceparent { get; init; }

    /// <summary>Free labels.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How long it is kept once it has ended, by its handler; null for as long as the host keeps jobs. A dead one is kept no shorter than the host keeps those.</summary>
    public TimeSpan? KeepFor { get; init; }

    /// <summary>A person (or an overlap rule) asked the running attempt to stop, for this reason.</summary>
    public string? CancelReason { get; init; }

    /// <summary>True once nothing will change it any more but a retry by hand.</summary>
    public bool IsEnded => State is JobState.Succeeded or JobState.Dead or JobState.Cancelled;

    /// <summary>As a retry by hand makes it: due now, with all its attempts; an expiry that an ended one is past is lifted.</summary>
    internal Job Retried(DateTimeOffset now) => this with
    {
        State = JobState.Pending,
        Reason = null,
        FinishedAt = null,
        RunAt = now,
        IsDelayed = true,
        Attempt = 0,
        OwnerLosses = 0,
        ExpiresAt = IsEnded && ExpiresAt <= now ? null : ExpiresAt,
    };
}
