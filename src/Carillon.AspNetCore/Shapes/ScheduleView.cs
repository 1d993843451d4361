using System.Text.Json.Serialization;
using Carillon.AspNetCore.Json;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>A schedule as the API gives it. Of <c>cron</c>, <c>every</c>, <c>at</c> and <c>text</c> only its own stands there.</summary>
internal sealed record ScheduleView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required string Handler { get; init; }

    public required RawJson Args { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cron { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Every { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? At { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    public string? Dialect { get; init; }

    /// <summary>What is odd about the recurrence; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    public required string Zone { get; init; }

    public string? Calendar { get; init; }

    public BusinessDayPolicy? BusinessDay { get; init; }

    public GapPolicy? Gap { get; init; }

    public RepeatPolicy? Repeat { get; init; }

    public required MisfireBody Misfire { get; init; }

    public required OverlapPolicy Overlap { get; init; }

    public required TimeSpan Jitter { get; init; }

    public required string Queue { get; init; }

    public required int Priority { get; init; }

    public string? Group { get; init; }

    public RetryBody? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    public required bool Enabled { get; init; }

    public required ScheduleMode Mode { get; init; }

    public string? PauseReason { get; init; }

    public string? PausedBy { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public long? MaxCount { get; init; }

    public required long FiredCount { get; init; }

    public RawJson? Output { get; init; }

    public string? Owner { get; init; }

    public DateTimeOffset? NextAt { get; init; }

    public DateTimeOffset? LastAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required long Version { get; init; }

    public static ScheduleView Of(Schedule schedule) => new()
    {
        Id = schedule.Id,
        Name = schedule.Name,
        Description = schedule.Description,
        Handler = schedule.Handler,
        Args = RawJson.Of(schedule.Args),
        Cron = When(schedule, RecurrenceKind.Cron),
        Every = When(schedule, RecurrenceKind.Every),
        At = When(schedule, RecurrenceKind.At),
        Text = When(schedule, RecurrenceKind.Text),
        Dialect = schedule.Dialect,
        Warnings = Timetable.WarningsOf(schedule) is { Count: > 0 } warnings ? warnings : null,
        Zone = schedule.Zone,
        Calendar = schedule.Calendar,
        BusinessDay = schedule.BusinessDay,
        Gap = schedule.Gap,
        Repeat = schedule.Repeat,
        Misfire = new MisfireBody { Policy = schedule.Misfire, Window = schedule.MisfireWindow, Max = schedule.MisfireMax },
        Overlap = schedule.Overlap,
        Jitter = schedule.Jitter,
        Queue = schedule.Queue,
        Priority = schedule.Priority,
        Group = schedule.Group,
        Retry = RetryBody.Of(schedule.Retry),
        Timeout = schedule.Timeout,
        Enabled = schedule.Mode != ScheduleMode.Paused,
        Mode = schedule.Mode,
        PauseReason = schedule.PauseReason,
        PausedBy = schedule.PausedBy,
        StartAt = schedule.StartAt,
        EndAt = schedule.EndAt,
        MaxCount = schedule.MaxCount,
        FiredCount = schedule.FiredCount,
        Output = RawJson.Of(schedule.Output),
        Owner = schedule.Owner,
        NextAt = schedule.NextAt,
        LastAt = schedule.LastAt,
        CreatedAt = schedule.CreatedAt,
        UpdatedAt = schedule.UpdatedAt,
        Version = schedule.Version,
    };

    private static string? When(Schedule schedule, RecurrenceKind kind) => schedule.Kind == kind ? schedule.Expression : null;
}

/// <summary>The instants to come.</summary>
internal sealed record NextView(IReadOnlyList<OccurrenceView> Items, string Zone, string ZoneData);

/// <summary>One of them: in UTC, and as the zone's clocks show it.</summary>
internal sealed record OccurrenceView(DateTimeOffset At, string Local);
