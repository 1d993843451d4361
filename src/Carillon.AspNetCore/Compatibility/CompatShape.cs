using System.Globalization;
using System.Text;
using System.Text.Json;
using Carillon.AspNetCore.Json;
using Carillon.Language;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.AspNetCore.Compatibility;

/// <summary>Between a schedule and what the older clients call a job: pure.</summary>
internal static class CompatShape
{
    public const string Interval = "interval";
    public const string Cron = "cron";
    public const string Date = "date";

    /// <summary>The id by which the older API's clients know the heartbeat task.</summary>
    private const string HeartbeatTask = "00000000-0000-0000-0000-000000000001";
    private const string HeartbeatHandler = "system_heartbeat";

    /// <summary>True when a body to the native path has the older shape.</summary>
    public static bool IsOlder(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && (body.TryGetProperty("cron_expression", out _) || body.TryGetProperty("task_id", out _) || body.TryGetProperty("task_function_name", out _));

    public static CompatJob Of(Schedule schedule)
    {
        var memory = Memory(schedule);
        return new CompatJob
        {
            Id = schedule.Id.ToString(),
            JobId = schedule.Id.ToString(),
            TaskId = memory.TaskId ?? (schedule.Handler == HeartbeatHandler ? HeartbeatTask : schedule.Handler),
            Name = schedule.Name,
            Description = schedule.Description,
            TaskFunctionName = schedule.Handler,
            JobTypeName = TypeOf(schedule),
            ScheduleConfig = ConfigOf(schedule),
            CronExpression = schedule.Kind == RecurrenceKind.Cron ? schedule.Expression : null,
            TaskArgs = RawJson.Of(schedule.Args),
            IsEnabled = schedule.Mode == ScheduleMode.Live,
            Enabled = schedule.Mode == ScheduleMode.Live,
            Queue = schedule.Queue,
            Timezone = schedule.Zone,
            Metadata = memory.Metadata,
            OutputDestinations = schedule.Output is { } output ? new OutputJson(Encoding.UTF8.GetBytes(output)) : null,
            LastRunTime = schedule.LastAt,
            LastRun = schedule.LastAt,
            NextRunTime = schedule.NextAt,
            NextRun = schedule.NextAt,
            CreatedAt = schedule.CreatedAt,
            UpdatedAt = schedule.UpdatedAt,
        };
    }

    /// <summary>What is to be put; members that are left out stay as they are in <paramref name="before"/>.</summary>
    public static ScheduleRequest ToRequest(CompatJob job, Schedule? before, List<Fault> faults)
    {
        var (kind, expression) = When(job, before, faults);
        if (job.IsEnabled is { } one && job.Enabled is { } other && one != other)
        {
            faults.Add(new Fault("enabled", other ? "true" : "false", "says the opposite of is_enabled; keep one of them"));
        }

        if (before is not null && job.Name is { } name && name != before.Name)
        {
            faults.Add(new Fault("name", name, $"differs from the schedule's name ('{before.Name}'), which cannot change; make a new one and delete the old one"));
        }

        var memory = before is null ? new CompatMemory() : Memory(before);
        memory = memory with { TaskId = job.TaskId ?? memory.TaskId, Metadata = job.Metadata ?? memory.Metadata };
        return (before is null ? Fresh(job, kind, expression) : Same(before)) with
        {
            Kind = kind,
            Expression = expression,
            Handler = Handler(job) ?? before?.Handler ?? "",
            Args = job.TaskArgs?.Utf8.ToArray() ?? before?.Args ?? [],
            Queue = job.Queue ?? before?.Queue,
            Zone = job.Timezone ?? before?.Zone,
            Description = job.Description ?? before?.Description,
            Output = job.OutputDestinations is { } output ? Encoding.UTF8.GetString(output.Utf8.Span) : before?.Output,
            Mode = (job.IsEnabled ?? job.Enabled) is { } enabled ? enabled ? ScheduleMode.Live : ScheduleMode.Paused : null,
            Metadata = memory == new CompatMemory() ? null : JsonSerializer.Serialize(memory, CompatJson.Default.CompatMemory),
        };
    }

    private static ScheduleRequest Fresh(CompatJob job, RecurrenceKind kind, string expression) =>
        new() { Name = job.Name ?? "", Handler = "", Kind = kind, Expression = expression };

    // What the older clients have no word for must survive their PUT.
    private static ScheduleRequest Same(Schedule schedule) => new()
    {
        Name = schedule.Name,
        Handler = schedule.Handler,
        Kind = schedule.Kind,
        Expression = schedule.Expression,
        Dialect = schedule.Dialect,
        Misfire = schedule.Misfire,
        Calendar = schedule.Calendar,
        BusinessDay = schedule.BusinessDay,
        Gap = schedule.Gap,
        Repeat = schedule.Repeat,
        MisfireWindow = schedule.MisfireWindow,
        MisfireMax = schedule.MisfireMax,
        Overlap = schedule.Overlap,
        Jitter = schedule.Jitter,
        Priority = schedule.Priority,
        Group = schedule.Group,
        Retry = schedule.Retry,
        Timeout = schedule.Timeout,
        StartAt = schedule.StartAt,
        EndAt = schedule.EndAt,
        MaxCount = schedule.MaxCount,
        Owner = schedule.Owner,
    };

    private static string? Handler(CompatJob job) => job.TaskFunctionName ?? (job.TaskId == HeartbeatTask ? HeartbeatHandler : job.TaskId);

    private static (RecurrenceKind Kind, string Expression) When(CompatJob job, Schedule? before, List<Fault> faults)
    {
        var (type, kind, expression) = job switch
        {
            { ScheduleConfig.Cron: { } cron } => (Cron, RecurrenceKind.Cron, cron),
            { ScheduleConfig.Date: { } date } => (Date, RecurrenceKind.At, date),
            { ScheduleConfig: { } interval } => (Interval, RecurrenceKind.Every, Every(interval, faults)),
            { CronExpression: { } cron } => (Cron, RecurrenceKind.Cron, cron),
            _ when before is not null => (TypeOf(before), before.Kind, before.Expression),
            _ => (job.JobTypeName, RecurrenceKind.Cron, ""),
        };
        if (before is null && job is { ScheduleConfig: null, CronExpression: null })
        {
            faults.Add(new Fault("schedule_config", null, "is required: {\"hours\":1,\"minutes\":0,\"seconds\":0}, {\"cron\":\"0 9 * * *\"} or {\"date\":\"2027-01-01T09:00:00Z\"} (or cron_expression)"));
        }
        else if (job.JobTypeName is { } given && given != type)
        {
            faults.Add(new Fault("job_type_name", given, $"does not fit schedule_config, which is of the type {type}; the types are {Interval}, {Cron} and {Date}"));
        }

        return (kind, expression);
    }

    private static string Every(ScheduleConfig config, List<Fault> faults)
    {
        long[] parts = [config.Weeks ?? 0, config.Days ?? 0, config.Hours ?? 0, config.Minutes ?? 0, config.Seconds ?? 0];
        var seconds = (((((parts[0] * 7) + parts[1]) * 24) + parts[2]) * 3_600) + (parts[3] * 60) + parts[4];
        if (parts.Any(part => part < 0) || seconds is <= 0 or > 3_660L * 86_400)
        {
            faults.Add(new Fault("schedule_config", seconds.ToString(CultureInfo.InvariantCulture) + "s", "must be an interval of 1 second to 3660 days, of parts that are not negative"));
            return "1s";
        }

        return Durations.Format(TimeSpan.FromSeconds(seconds));
    }

    private static string TypeOf(Schedule schedule) => schedule.Kind switch { RecurrenceKind.Every => Interval, RecurrenceKind.At => Date, _ => Cron };

    private static ScheduleConfig ConfigOf(Schedule schedule) => schedule.Kind switch
    {
        RecurrenceKind.Every when Durations.TryParse(schedule.Expression, out var every, out _) =>
            new ScheduleConfig { Hours = (int)every.TotalHours, Minutes = every.Minutes, Seconds = every.Seconds },
        RecurrenceKind.At => new ScheduleConfig { Date = schedule.Expression },
        _ => new ScheduleConfig { Cron = schedule.Expression },
    };

    // Other importers may keep their own things in the metadata.
    private static CompatMemory Memory(Schedule schedule)
    {
        try
        {
            return schedule.Metadata is null ? new CompatMemory() : JsonSerializer.Deserialize(schedule.Metadata, CompatJson.Default.CompatMemory) ?? new CompatMemory();
        }
        catch (JsonException)
        {
            return new CompatMemory { Metadata = RawJson.Of(schedule.Metadata) };
        }
    }
}
