using Carillon.AspNetCore.Json;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>What a caller sends to enqueue a job.</summary>
internal sealed record JobBody
{
    public string? Handler { get; init; }

    public RawJson? Args { get; init; }

    public string? Queue { get; init; }

    public int? Priority { get; init; }

    public DateTimeOffset? RunAt { get; init; }

    public TimeSpan? Delay { get; init; }

    public string? Key { get; init; }

    public TimeSpan? KeyHold { get; init; }

    public OnConflict? OnConflict { get; init; }

    public string? ConcurrencyKey { get; init; }

    public string? Group { get; init; }

    public RetryBody? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    public IReadOnlyList<AfterBody>? After { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public JobRequest ToRequest() => new()
    {
        Handler = Handler ?? "",
        Args = Args?.Utf8.ToArray() ?? [],
        Queue = Queue,
        Priority = Priority ?? 0,
        RunAt = RunAt,
        Delay = Delay,
        Key = Key,
        KeyHold = KeyHold ?? TimeSpan.Zero,
        OnConflict = OnConflict ?? Store.OnConflict.Existing,
        ConcurrencyKey = ConcurrencyKey,
        Group = Group,
        Retry = Retry?.ToPolicy(),
        Timeout = Timeout,
        After = [.. (After ?? []).Select(after => new After(after.Job, after.On))],
        ExpiresAt = ExpiresAt,
        Tags = Tags ?? [],
    };
}

/// <summary>Several jobs, accepted all or none.</summary>
internal sealed record BulkBody
{
    public IReadOnlyList<JobBody>? Jobs { get; init; }
}

/// <summary>The answer to <see cref="BulkBody"/>, in its order.</summary>
internal sealed record BulkAnswer(IReadOnlyList<BulkItem> Items);

/// <summary>One of its jobs.</summary>
internal sealed record BulkItem(Guid Id, EnqueueStatus Status);
