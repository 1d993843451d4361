namespace Carillon.Store;

/// <summary>How a schedule's text is to be read.</summary>
public enum RecurrenceKind
{
    /// <summary>A cron expression.</summary>
    Cron,

    /// <summary>A fixed interval.</summary>
    Every,

    /// <summary>One instant.</summary>
    At,

    /// <summary>English.</summary>
    Text,
}

/// <summary>What a schedule does when an instant comes.</summary>
public enum ScheduleMode
{
    /// <summary>Makes a job.</summary>
    Live,

    /// <summary>Records that it would have fired; runs nothing.</summary>
    Shadow,

    /// <summary>Nothing; its instants are not even recorded until it resumes.</summary>
    Paused,
}

/// <summary>What becomes of instants that were missed by more than a minute.</summary>
public enum MisfirePolicy
{
    /// <summary>None runs.</summary>
    Skip,

    /// <summary>The latest one within the window runs, the others are recorded as skipped.</summary>
    Once,

    /// <summary>All within the window run, up to <see cref="Schedule.MisfireMax"/>, the latest ones.</summary>
    All,
}

/// <summary>What happens at an instant while the last job of the schedule is not yet ended.</summary>
public enum OverlapPolicy
{
    /// <summary>Both run.</summary>
    Allow,

    /// <summary>The instant is recorded as skipped.</summary>
    Skip,

    /// <summary>The new job waits for the old one.</summary>
    Queue,

    /// <summary>The old one is cancelled.</summary>
    CancelPrevious,
}

/// <summary>A recurrence, a job's template and the next instant.</summary>
public sealed record Schedule
{
    /// <summary>Stable id; the older API's <c>job_id</c>.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Unique in its tenant; any printable text of at most 200 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The configuration file that owns it; null when made by API, CLI or code's client.</summary>
    public string? Owner { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>How <see cref="Expression"/> is read.</summary>
    public required RecurrenceKind Kind { get; init; }

    /// <summary>The recurrence's text as the user wrote it.</summary>
    public required string Expression { get; init; }

    /// <summary>The cron dialect; null for the default, <c>unix</c>.</summary>
    public string? Dialect { get; init; }

    /// <summary>IANA zone id.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>The calendar outside of which it does not fire; null for none.</summary>
    public string? Calendar { get; init; }

    /// <summary>That calendar and those that it is combined with, as they were when they were last put: names and JSON.</summary>
    public string? Calendars { get; init; }

    /// <summary>Where an instant goes that falls on no business day; null: nowhere.</summary>
    public BusinessDayPolicy? BusinessDay { get; init; }

    /// <summary>What becomes of a local time that the clock skips; null for the recurrence's own way.</summary>
    public GapPolicy? Gap { get; init; }

    /// <summary>What becomes of a local time that the clock shows twice; null for the recurrence's own way.</summary>
    public RepeatPolicy? Repeat { get; init; }

    /// <summary>What to do with missed instants.</summary>
    public MisfirePolicy Misfire { get; init; } = MisfirePolicy.Once;

    /// <summary>Missed instants older than this are always skipped.</summary>
    public TimeSpan MisfireWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>With <see cref="MisfirePolicy.All"/>: at most so many.</summary>
    public int MisfireMax { get; init; } = 100;

    /// <summary>What to do while the last job still lives.</summary>
    public OverlapPolicy Overlap { get; init; } = OverlapPolicy.Skip;

    /// <summary>Each job is due up to this long after its instant, at random; the nominal instant stays.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The template's handler.</summary>
    public required string Handler { get; init; }

    /// <summary>The template's arguments, UTF-8 JSON.</summary>
    public byte[] Args { get; init; } = [];

    /// <summary>The template's queue.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>The template's priority.</summary>
    public int Priority { get; init; }

    /// <summary>The template's group: whose its jobs are within their queue.</summary>
    public string? Group { get; init; }

    /// <summary>The template's retry policy.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>The template's time-out.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The template's outputs, as the <c>output</c> JSON.</summary>
    public string? Output { get; init; }

    /// <summary>Kept for the older API's clients, as JSON.</summary>
    public string? Metadata { get; init; }

    /// <summary>What happens at an instant.</summary>
    public ScheduleMode Mode { get; init; }

    /// <summary>What it is again once it is resumed: a shadow stays one.</summary>
    public ScheduleMode ResumesAs { get; init; }

    /// <summary>Why it is paused.</summary>
    public string? PauseReason { get; init; }

    /// <summary>Who paused it.</summary>
    public string? PausedBy { get; init; }

    /// <summary>No instant before this.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>No instant after this.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>At most so many instants that made a job.</summary>
    public long? MaxCount { get; init; }

    /// <summary>Instants that made a job so far.</summary>
    public long FiredCount { get; init; }

    /// <summary>What an interval counts from.</summary>
    public required DateTimeOffset AnchorAt { get; init; }

    /// <summary>The next instant. Only moves forward; null when there is none (ended, or a fixed delay whose job lives). A paused schedule keeps the one at which it was paused.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>The last instant that made a job.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its definition last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Grows with each change of the definition; a firing by an old one writes nothing.</summary>
    public long Version { get; init; }

    /// <summary>The key by which at most one of its jobs runs at a time.</summary>
    public string ConcurrencyKey => $"schedule:{Id:N}";

    // A firing leaves the version alone, so the writer may have read before it: what firings count stands, and an instant
    // that made its job does not come back.
    internal Schedule KeepFirings(Schedule? before) => before is null
        ? this
        : this with
        {
            FiredCount = before.FiredCount,
            LastAt = before.LastAt,
            NextAt = NextAt <= before.LastAt ? before.NextAt : NextAt,
        };
}
