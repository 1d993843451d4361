using System.Text.Json;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>A job as a row. Both tables begin with these columns, in this order.</summary>
internal static class JobRow
{
    public const string Columns =
        "id, tenant, origin, handler, args, args_codec, args_version, queue, priority, state, reason, attempt, owner_losses, "
        + "scheduled_at, run_at, is_delayed, created_at, started_at, finished_at, node, token, error, result, progress, key, key_hold, "
        + "concurrency_key, retry, timeout, expires_at, schedule, schedule_delay, output, traceparent, tags, cancel_reason, job_group, keep_for";

    public const string Parameters =
        "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38";

    /// <summary>How many columns these are.</summary>
    public const int Count = 38;

    public static Statement Bind(Statement row, Job job)
    {
        row.Set(1, job.Id).Set(2, job.Tenant).Set(3, job.Origin).Set(4, job.Handler).Set(5, job.Args).Set(6, job.ArgsCodec).Set(7, (long)job.ArgsVersion);
        row.Set(8, job.Queue).Set(9, (long)job.Priority).Set(10, (long)job.State).Set(11, job.Reason).Set(12, (long)job.Attempt).Set(13, (long)job.OwnerLosses);
        row.Set(14, job.ScheduledAt).Set(15, job.RunAt).Set(16, job.IsDelayed).Set(17, job.CreatedAt).Set(18, job.StartedAt).Set(19, job.FinishedAt);
        row.Set(20, job.Node).Set(21, job.Token).Set(22, job.Error).Set(23, job.Result).Set(24, job.Progress).Set(25, job.Key).Set(26, job.KeyHold);
        row.Set(27, job.ConcurrencyKey).Set(28, ToJson(job.Retry)).Set(29, job.Timeout).Set(30, job.ExpiresAt).Set(31, job.Schedule).Set(32, job.ScheduleDelay);
        return row.Set(33, job.Output).Set(34, job.Traceparent).Set(35, ToJson(job.Tags)).Set(36, job.CancelReason)
            .Set(37, job.Group).Set(38, job.KeepFor);
    }

    /// <summary>The job of a row, without what it waits for: that stands in a table of its own.</summary>
    public static Job Read(Statement row) => new()
    {
        Id = row.Id(0),
        Tenant = row.Name(1),
        Origin = row.Name(2),
        Handler = row.Name(3),
        Args = row.Bytes(4).ToArray(),
        ArgsCodec = row.Name(5),
        ArgsVersion = row.Int(6),
        Queue = row.Name(7),
        Priority = row.Int(8),
        State = (JobState)row.Int(9),
        Reason = row.NameOrNull(10),
        Attempt = row.Int(11),
        OwnerLosses = row.Int(12),
        ScheduledAt = row.Instant(13),
        RunAt = row.Instant(14),
        IsDelayed = row.Flag(15),
        CreatedAt = row.Instant(16),
        StartedAt = row.InstantOrNull(17),
        FinishedAt = row.InstantOrNull(18),
        Node = row.NameOrNull(19),
        Token = row.Long(20),
        Error = row.TextOrNull(21),
        Result = row.TextOrNull(22),
        Progress = row.DoubleOrNull(23),
        Key = row.TextOrNull(24),
        KeyHold = row.Span(25),
        ConcurrencyKey = row.NameOrNull(26),
        Retry = ReadRetry(row.TextOrNull(27)),
        Timeout = row.SpanOrNull(28),
        ExpiresAt = row.InstantOrNull(29),
        Schedule = row.NameOrNull(30),
        ScheduleDelay = row.SpanOrNull(31),
        Output = row.TextOrNull(32),
        Traceparent = row.TextOrNull(33),
        Tags = ReadTags(row.TextOrNull(34)),
        CancelReason = row.NameOrNull(35),
        Group = row.NameOrNull(36),
        KeepFor = row.SpanOrNull(37),
    };

    private static string? ToJson(RetryPolicy? retry) => retry is null ? null : JsonSerializer.Serialize(retry, StoreJson.Default.RetryPolicy);

    private static string? ToJson(IReadOnlyList<string> tags) => tags.Count == 0 ? null : JsonSerializer.Serialize(tags, StoreJson.Default.IReadOnlyListString);

    private static RetryPolicy? ReadRetry(string? json) => json is null ? null : JsonSerializer.Deserialize(json, StoreJson.Default.RetryPolicy);

    private static IReadOnlyList<string> ReadTags(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, StoreJson.Default.IReadOnlyListString) ?? [];
}
