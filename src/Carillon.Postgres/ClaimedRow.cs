using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// A job as its claim gives it back: what the claim itself decides (state, node, start) is not sent, names stand in the lane, and what
/// nearly every job has in common comes as null. Place: in which order it was given, where that is not by rank.
/// </summary>
internal readonly record struct ClaimedRow(int Lane, Job? Job, int? Place = null)
{
    public const string Columns =
        "id, lane, token, attempt, run_at, scheduled_at, created_at, is_delayed, owner_losses, args, tenant, origin, args_codec, args_version, reason, error, result, progress, "
        + "key, key_hold, concurrency_key, retry, timeout, expires_at, schedule, schedule_delay, output, traceparent, tags, job_group, place";

    /// <summary>The flag of the row that says: the claim ended at a job that must begin at once, and no slot was free.</summary>
    public const long Over = 16;

    /// <summary>Of the last rows, which are no jobs.</summary>
    public long Flags { get; private init; }

    /// <inheritdoc cref="Flags"/>
    public DateTimeOffset? NextAt { get; private init; }

    public static ClaimedRow Read(NpgsqlDataReader row) =>
        row.IsDBNull(0) ? new ClaimedRow(0, null) { Flags = row.GetInt64(2), NextAt = row.InstantOrNull(4) } : new ClaimedRow(row.GetInt32(1), ReadJob(row), row.IsDBNull(30) ? null : row.GetInt32(30));

    public Job ToJob((string Queue, string Handler, int Priority) lane, string node, DateTimeOffset now) =>
        Job! with { Queue = lane.Queue, Handler = lane.Handler, Priority = lane.Priority, Node = node, StartedAt = now };

    private static Job ReadJob(NpgsqlDataReader row) => new()
    {
        Id = row.Id(0),
        Handler = "",
        State = JobState.Running,
        Token = row.GetInt64(2),
        Attempt = row.GetInt32(3),
        RunAt = row.Instant(4),
        ScheduledAt = row.Instant(5),
        CreatedAt = row.Instant(6),
        IsDelayed = row.GetBoolean(7),
        OwnerLosses = row.GetInt32(8),
        Args = row.GetFieldValue<byte[]>(9),
        Tenant = row.TextOrNull(10) ?? "",
        Origin = row.TextOrNull(11) ?? "",
        ArgsCodec = row.TextOrNull(12) ?? "json",
        ArgsVersion = row.IsDBNull(13) ? 0 : row.GetInt32(13),
        Reason = row.TextOrNull(14),
        Error = row.TextOrNull(15),
        Result = row.TextOrNull(16),
        Progress = row.DoubleOrNull(17),
        Key = row.TextOrNull(18),
        KeyHold = row.SpanOrNull(19) ?? TimeSpan.Zero,
        ConcurrencyKey = row.TextOrNull(20),
        Retry = JobRow.ReadRetry(row.TextOrNull(21)),
        Timeout = row.SpanOrNull(22),
        ExpiresAt = row.InstantOrNull(23),
        Schedule = row.TextOrNull(24),
        ScheduleDelay = row.SpanOrNull(25),
        Output = row.TextOrNull(26),
        Traceparent = row.TextOrNull(27),
        Tags = JobRow.ReadTags(row.TextOrNull(28)),
        Group = row.TextOrNull(29),
    };
}
