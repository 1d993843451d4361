using Carillon.AspNetCore.Json;
using Carillon.Insights;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>A job as the API gives it.</summary>
internal sealed record JobView
{
    public required Guid Id { get; init; }

    public required string Handler { get; init; }

    public required RawJson Args { get; init; }

    public required string Queue { get; init; }

    public required int Priority { get; init; }

    public required JobState State { get; init; }

    public string? Reason { get; init; }

    public required int Attempt { get; init; }

    public required int OwnerLosses { get; init; }

    public required DateTimeOffset ScheduledAt { get; init; }

    public required DateTimeOffset RunAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? Node { get; init; }

    public string? Error { get; init; }

    public RawJson? Result { get; init; }

    public double? Progress { get; init; }

    /// <summary>Why it waits, in the words of <see cref="WaitReason"/>; null when it does not.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>The particulars of <see cref="WaitingFor"/>.</summary>
    public string? WaitingDetail { get; init; }

    public string? Schedule { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public string? Key { get; init; }

    public string? ConcurrencyKey { get; init; }

    public string? Group { get; init; }

    public RetryBody? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    public IReadOnlyList<AfterBody> After { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>It runs and was asked to stop, for this reason.</summary>
    public string? CancelReason { get; init; }

    public static JobView Of(Job job, WaitReason? wait) => new()
    {
        Id = job.Id,
        Handler = job.Handler,
        Args = RawJson.Of(job.Args),
        Queue = job.Queue,
        Priority = job.Priority,
        State = job.State,
        Reason = job.Reason,
        Attempt = job.Attempt,
        OwnerLosses = job.OwnerLosses,
        ScheduledAt = job.ScheduledAt,
        RunAt = job.RunAt,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        Node = job.Node,
        Error = job.Error,
        Result = RawJson.Of(job.Result),
        Progress = job.Progress,
        WaitingFor = wait?.Reason,
        WaitingDetail = wait?.Detail,
        Schedule = job.Schedule,
        Tags = job.Tags,
        Key = job.Key,
        ConcurrencyKey = job.ConcurrencyKey,
        Group = job.Group,
        Retry = RetryBody.Of(job.Retry),
        Timeout = job.Timeout,
        After = [.. job.After.Select(after => new AfterBody(after.Job, after.Condition))],
        ExpiresAt = job.ExpiresAt,
        CancelReason = job.CancelReason,
    };
}
