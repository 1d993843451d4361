using System.Text.Json.Serialization;
using Carillon.AspNetCore.Json;

namespace Carillon.AspNetCore.Compatibility;

/// <summary>
/// A schedule in the words of the older clients, who call it a job; read and written. It knows both of their shapes: the one with
/// <c>task_function_name</c> and <c>schedule_config</c>, and the one with <c>task_id</c> and <c>cron_expression</c>.
/// </summary>
internal sealed record CompatJob
{
    public string? Id { get; init; }

    public string? JobId { get; init; }

    public string? TaskId { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? TaskFunctionName { get; init; }

    public string? JobTypeName { get; init; }

    public ScheduleConfig? ScheduleConfig { get; init; }

    public string? CronExpression { get; init; }

    public RawJson? TaskArgs { get; init; }

    public bool? IsEnabled { get; init; }

    public bool? Enabled { get; init; }

    public string? Queue { get; init; }

    public string? Timezone { get; init; }

    public RawJson? Metadata { get; init; }

    public OutputJson? OutputDestinations { get; init; }

    [JsonPropertyName("lastRunTime")]
    public DateTimeOffset? LastRunTime { get; init; }

    [JsonPropertyName("nextRunTime")]
    public DateTimeOffset? NextRunTime { get; init; }

    public DateTimeOffset? NextRun { get; init; }

    public DateTimeOffset? LastRun { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>When: an interval by its parts, a cron expression, or an instant.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ScheduleConfig
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Weeks { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Days { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Hours { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Minutes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Seconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cron { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Date { get; init; }
}

/// <summary>What only the older clients know of a schedule; kept in its metadata.</summary>
internal sealed record CompatMemory
{
    public string? TaskId { get; init; }

    public RawJson? Metadata { get; init; }
}

internal sealed record CompatJobs(IReadOnlyList<CompatJob> Jobs);

internal sealed record CompatJobTypes(IReadOnlyList<CompatJobType> JobTypes);

internal sealed record CompatJobType(string Name, string Description);

internal sealed record CompatTaskFunctions(IReadOnlyList<CompatTaskFunction> TaskFunctions);

internal sealed record CompatTaskFunction(string Name, string? Description, string? Queue, RawJson? ArgsSchema);

internal sealed record CompatStatus(
    string Status, string Instance, [property: JsonPropertyName("leaderInstance")] string? LeaderInstance, [property: JsonPropertyName("isLeader")] bool IsLeader, string Version);

internal sealed record CompatTriggered(string JobId, string ExecutionId, string Status, string Message);

internal sealed record CompatExecutions(IReadOnlyList<CompatExecution> Executions, int Page, int PerPage, bool HasMore);

internal sealed record CompatExecution(
    string Id, string JobId, string? JobName, string TaskFunctionName, string Status, string State,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? DurationMs, int Attempt, string? Instance, string? Error);
