using Carillon.Language;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>A schedule as a user wants it. It replaces the one of its name whole, but for what has happened: count, pause, ids.</summary>
public sealed record ScheduleRequest
{
    /// <summary>Unique; any printable text of at most 200 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Which handler runs; one that no node has yet is taken, and its jobs wait visibly.</summary>
    public required string Handler { get; init; }

    /// <summary>The handler's arguments as UTF-8 JSON, at most 256 kB.</summary>
    public byte[] Args { get; init; } = [];

    /// <summary>How <see cref="Expression"/> is read.</summary>
    public required RecurrenceKind Kind { get; init; }

    /// <summary>When: a cron expression, an interval, an instant.</summary>
    public required string Expression { get; init; }

    /// <summary>The cron dialect, <c>unix</c>, <c>cronos</c> or <c>quartz</c>; null for <c>unix</c>.</summary>
    public string? Dialect { get; init; }

    /// <summary>IANA or Windows zone id; null for the one that the text names, else the host's.</summary>
    public string? Zone { get; init; }

    /// <summary>The calendar outside of which it does not fire; it must exist. Null for none.</summary>
    public string? Calendar { get; init; }

    /// <summary>Where an instant goes that falls on no business day; null: nowhere.</summary>
    public BusinessDayPolicy? BusinessDay { get; init; }

    /// <summary>What becomes of a local time that the clock skips; null for the recurrence's own way.</summary>
    public GapPolicy? Gap { get; init; }

    /// <summary>What becomes of a local time that the clock shows twice; null for the recurrence's own way.</summary>
    public RepeatPolicy? Repeat { get; init; }

    /// <summary>What becomes of instants that were missed by more than a minute.</summary>
    public MisfirePolicy Misfire { get; init; } = MisfirePolicy.Once;

    /// <summary>Missed instants older than this never run.</summary>
    public TimeSpan MisfireWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>With <see cref="MisfirePolicy.All"/>: at most so many, 1 to 1,000.</summary>
    public int MisfireMax { get; init; } = 100;

    /// <summary>What happens while the last job still lives.</summary>
    public OverlapPolicy Overlap { get; init; } = OverlapPolicy.Skip;

    /// <summary>Each job is due up to this long after its instant, at random; at most a day.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The jobs' queue; null for the handler's own, as this node knows it when the schedule is put, else <c>default</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>The jobs' priority, −100 to 100.</summary>
    public int Priority { get; init; }

    /// <summary>Whose the jobs are within their queue: what the queue's rate for groups counts, and whose turn it is in a fair queue.</summary>
    public string? Group { get; init; }

    /// <summary>The jobs' retry policy; null for the handler's or the host's.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>The jobs' limit for one attempt; null for the handler's or the host's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The jobs' outputs, as the <c>output</c> JSON.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// What it does at an instant; null leaves it as it is (a new one is live), so that a pause survives an update. <see cref="ScheduleMode.Live"/>
    /// ends a pause and gives back what was paused: a shadow stays a shadow, for another system still does its work.
    /// </summary>
    public ScheduleMode? Mode { get; init; }

    /// <summary>No instant before this; an interval counts from it.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>No instant after this.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>At most so many instants that make a job.</summary>
    public long? MaxCount { get; init; }

    /// <summary>For people, at most 2,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>The configuration file that owns it; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>Kept for the older API's clients, as JSON.</summary>
    public string? Metadata { get; init; }

    /// <summary>What is odd about the recurrence, each a sentence or two; none where it cannot be read.</summary>
    public IReadOnlyList<string> Warnings() =>
        Recurrence.TryParse(Timetable.TextOf(Kind, Expression, Dialect, Name), out var recurrence, out _) ? recurrence.Warnings : [];
}

/// <summary>Which schedules a put may meet.</summary>
public enum PutCondition
{
    /// <summary>Make it, or change it.</summary>
    Any,

    /// <summary>It must not exist.</summary>
    MustBeNew,

    /// <summary>It must exist.</summary>
    MustExist,
}

/// <summary>What a put did.</summary>
public enum PutStatus
{
    /// <summary>It is new.</summary>
    Created,

    /// <summary>It was there and has changed.</summary>
    Updated,

    /// <summary>It was there and says the same: nothing was written.</summary>
    Unchanged,

    /// <summary>The condition was not met: nothing was written.</summary>
    Refused,
}

/// <summary>The answer to a put.</summary>
/// <param name="Status">What was done.</param>
/// <param name="Schedule">The schedule as it stands now; null when it had to exist and does not.</param>
public sealed record PutResult(PutStatus Status, Schedule? Schedule);

/// <summary>An instant of a schedule.</summary>
/// <param name="At">In UTC.</param>
/// <param name="Local">As the zone's clocks show it.</param>
public readonly record struct Occurrence(DateTimeOffset At, DateTimeOffset Local);
