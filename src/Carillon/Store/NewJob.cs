namespace Carillon.Store;

/// <summary>What to do when a live job already has the key.</summary>
public enum OnConflict
{
    /// <summary>Keep it and answer with it.</summary>
    Existing,

    /// <summary>Put this one in its place if it has not begun; a running one is kept.</summary>
    Replace,
}

/// <summary>A job to be: what a spring (a client, a schedule, an event) asks of the store.</summary>
public sealed record NewJob
{
    /// <summary>Its id, made by <see cref="JobIds"/>: enqueuing the same id twice enqueues once.</summary>
    public required Guid Id { get; init; }

    /// <inheritdoc cref="Job.Tenant"/>
    public string Tenant { get; init; } = "";

    /// <inheritdoc cref="Job.Origin"/>
    public string Origin { get; init; } = "";

    /// <inheritdoc cref="Job.Handler"/>
    public required string Handler { get; init; }

    /// <inheritdoc cref="Job.Args"/>
    public byte[] Args { get; init; } = [];

    /// <inheritdoc cref="Job.ArgsCodec"/>
    public string ArgsCodec { get; init; } = "json";

    /// <inheritdoc cref="Job.ArgsVersion"/>
    public int ArgsVersion { get; init; }

    /// <inheritdoc cref="Job.Queue"/>
    public string Queue { get; init; } = "default";

    /// <inheritdoc cref="Job.Priority"/>
    public int Priority { get; init; }

    /// <summary>The nominal instant; null for <see cref="RunAt"/>.</summary>
    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>Not before this instant; null for at once.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <inheritdoc cref="Job.IsDelayed"/>
    public bool IsDelayed { get; init; }

    /// <inheritdoc cref="Job.Key"/>
    public string? Key { get; init; }

    /// <inheritdoc cref="Job.KeyHold"/>
    public TimeSpan KeyHold { get; init; }

    /// <summary>What to do when the key is taken.</summary>
    public OnConflict OnConflict { get; init; }

    /// <inheritdoc cref="Job.ConcurrencyKey"/>
    public string? ConcurrencyKey { get; init; }

    /// <inheritdoc cref="Job.Group"/>
    public string? Group { get; init; }

    /// <inheritdoc cref="Job.Retry"/>
    public RetryPolicy? Retry { get; init; }

    /// <inheritdoc cref="Job.Timeout"/>
    public TimeSpan? Timeout { get; init; }

    /// <inheritdoc cref="Job.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Jobs that must end first.</summary>
    public IReadOnlyList<After> After { get; init; } = [];

    /// <inheritdoc cref="Job.Schedule"/>
    public string? Schedule { get; init; }

    /// <inheritdoc cref="Job.ScheduleDelay"/>
    public TimeSpan? ScheduleDelay { get; init; }

    /// <inheritdoc cref="Job.Output"/>
    public string? Output { get; init; }

    /// <inheritdoc cref="Job.Traceparent"/>
    public string? Traceparent { get; init; }

    /// <inheritdoc cref="Job.Tags"/>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The job as it stands once accepted at <paramref name="now"/>, before dependencies are looked at.</summary>
    internal Job ToJob(DateTimeOffset now)
    {
        var runAt = RunAt ?? now;
        return new Job
        {
            Id = Id,
            Tenant = Tenant,
            Origin = Origin,
            Handler = Handler,
            Args = Args,
            ArgsCodec = ArgsCodec,
            ArgsVersion = ArgsVersion,
            Queue = Queue,
            Priority = Priority,
            State = After.Count > 0 ? JobState.Waiting : JobState.Pending,
            ScheduledAt = ScheduledAt ?? runAt,
            RunAt = runAt,
            IsDelayed = IsDelayed || RunAt is null,
            CreatedAt = now,
            Key = Key,
            KeyHold = KeyHold,
            ConcurrencyKey = ConcurrencyKey,
            Group = Group,
            Retry = Retry,
            Timeout = Timeout,
            ExpiresAt = ExpiresAt,
            After = After,
            Schedule = Schedule,
            ScheduleDelay = ScheduleDelay,
            Output = Output,
            Traceparent = Traceparent,
            Tags = Tags,
        };
    }
}
