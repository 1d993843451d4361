using System.Text.Json;
using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>A job as a row. Both tables have these columns; every list of them stands in this order.</summary>
internal static class JobRow
{
    public const string Columns =
        "id, tenant, origin, handler, args, args_codec, args_version, queue, priority, state, reason, attempt, owner_losses, "
        + "scheduled_at, run_at, is_delayed, created_at, started_at, finished_at, node, token, error, result, progress, key, key_hold, "
        + "concurrency_key, retry, timeout, expires_at, schedule, schedule_delay, output, traceparent, tags, cancel_reason, job_group, keep_for";

    public const string Parameters =
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38";

    public static Statement Bind(Statement row, Job job)
    {
        row.Set(job.Id).Set(job.Tenant).Set(job.Origin).Set(job.Handler).Set(job.Args).Set(job.ArgsCodec).Set(job.ArgsVersion);
        row.Set(job.Queue).Set(job.Priority).Set((int)job.State).Set(job.Reason).Set(job.Attempt).Set(job.OwnerLosses);
        row.Set(job.ScheduledAt).Set(job.RunAt).Set(job.IsDelayed).Set(job.CreatedAt).Set(job.StartedAt).Set(job.FinishedAt);
        row.Set(job.Node).Set(job.Token).Set(job.Error).Set(job.Result).Set(job.Progress).Set(job.Key).Set(job.KeyHold);
        row.Set(job.ConcurrencyKey).Set(ToJson(job.Retry)).Set(job.Timeout).Set(job.ExpiresAt).Set(job.Schedule).Set(job.ScheduleDelay);
        return row.Set(job.Output).Set(job.Traceparent).Set(ToJson(job.Tags)).Set(job.CancelReason)
            .Set(job.Group).Set(job.KeepFor);
    }

    /// <summary>The job of a row, without what it waits for: that stands in a table of its own.</summary>
    public static Job Read(NpgsqlDataReader row) => new()
    {
        Id = row.Id(0),
        Tenant = row.GetString(1),
        Origin = row.GetString(2),
        Handler = Shared(row.GetString(3)),
        Args = row.GetFieldValue<byte[]>(4),
        ArgsCodec = Shared(row.GetString(5)),
        ArgsVersion = row.GetInt32(6),
        Queue = Shared(row.GetString(7)),
        Priority = row.GetInt32(8),
        State = (JobState)row.GetInt16(9),
        Reason = row.TextOrNull(10),
        Attempt = row.GetInt32(11),
        OwnerLosses = row.GetInt32(12),
        ScheduledAt = row.Instant(13),
        RunAt = row.Instant(14),
        IsDelayed = row.GetBoolean(15),
        CreatedAt = row.Instant(16),
        StartedAt = row.InstantOrNull(17),
        FinishedAt = row.InstantOrNull(18),
        Node = row.TextOrNull(19),
        Token = row.GetInt64(20),
        Error = row.TextOrNull(21),
        Result = row.TextOrNull(22),
        Progress = row.DoubleOrNull(23),
        Key = row.TextOrNull(24),
        KeyHold = row.Span(25),
        ConcurrencyKey = row.TextOrNull(26),
        Retry = ReadRetry(row.TextOrNull(27)),
        Timeout = row.SpanOrNull(28),
        ExpiresAt = row.InstantOrNull(29),
        Schedule = row.TextOrNull(30),
        ScheduleDelay = row.SpanOrNull(31),
        Output = row.TextOrNull(32),
        Traceparent = row.TextOrNull(33),
        Tags = ReadTags(row.TextOrNull(34)),
        CancelReason = row.TextOrNull(35),
        Group = row.TextOrNull(36),
        KeepFor = row.SpanOrNull(37),
    };

    public static string? ToJson(RetryPolicy? retry) => retry is null ? null : JsonSerializer.Serialize(retry, StoreJson.Default.RetryPolicy);

    public static string? ToJson(IReadOnlyList<string> tags) => tags.Count == 0 ? null : JsonSerializer.Serialize(tags, StoreJson.Default.IReadOnlyListString);

    // The few names that all jobs of a batch have in common are kept once while they live together.
    private static string Shared(string name) => string.IsInterned(name) ?? name;

    public static RetryPolicy? ReadRetry(string? json) => json is null ? null : JsonSerializer.Deserialize(json, StoreJson.Default.RetryPolicy);

    public static IReadOnlyList<string> ReadTags(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, StoreJson.Default.IReadOnlyListString) ?? [];
}
