using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>New jobs that need nothing looked up, all in one statement.</summary>
internal static class NewRows
{
    // The statement tells once for each row; more than a few rows are told of beside it.
    public const int MostTold = 10;

    // What all rows have in common, or as nearly every job has it, comes as null instead of an array: half the cost of the statement.
    private const string Given = /*lang=sql*/ """
        unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::bytea[], $7::boolean[], $8::integer[], $9::text[], $10::text[],
               $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
               $21::text[], $22::text[], $23::text[])
        """;

    // The last condition tells the other processes (Notifier), where it is asked to.
    private const string FromThere = /*lang=sql*/ """
         as n (id, scheduled_at, run_at, created_at, lane, args, is_delayed, args_version, tenant, origin,
               args_codec, key_hold, timeout, expires_at, schedule_delay, key, concurrency_key, schedule, retry, output,
               traceparent, tags, job_group)
          join carillon.lane l on l.id = n.lane
         where ($24::text is null or pg_notify($24, $25) is not null)
        """;

    private const string Into = /*lang=sql*/ """
        insert into carillon.job (id, scheduled_at, run_at, created_at, token, key_hold, timeout, expires_at, schedule_delay, lane, priority,
               attempt, owner_losses, args_version, state, is_delayed, tenant, origin, queue, handler, args_codec, args, key, concurrency_key,
               schedule, retry, output, traceparent, tags, job_group)
        select n.id, coalesce(n.scheduled_at, n.run_at), n.run_at, coalesce(n.created_at, n.run_at), 0, coalesce(n.key_hold, 0), n.timeout, n.expires_at, n.schedule_delay,
               l.id, l.priority, 0, 0, coalesce(n.args_version, 0), 0, coalesce(n.is_delayed, true), coalesce(n.tenant, ''), coalesce(n.origin, ''), l.queue, l.handler,
               coalesce(n.args_codec, 'json'), n.args, n.key, n.concurrency_key, n.schedule, n.retry, n.output, n.traceparent, n.tags, n.job_group
          from 
        """;

    /// <summary>Ends in its condition, so that more can follow.</summary>
    public const string InsertSql = Into + " " + Given + FromThere;

    /// <summary>
    /// The same of one row. The planner does not know how many an array brings, so it plans anew for each; of one it knows, and keeps its
    /// plan: 0.2 ms less of the 0.5 ms that a single job with its claim costs the server.
    /// </summary>
    public const string InsertOneSql = Into + " (select * from " + Given + " limit 1)" + FromThere;

    // A key may be taken. Without keys, looking for conflicts is a third of the insert's cost: an id that is there after all is an
    // error then, and the whole is done again the exact way (Connections), for no id is taken for new twice.
    private const string InsertKeyedSql = InsertSql + " on conflict do nothing returning id";

    // Keys of ended jobs that still hold; asked after the insert, so that none slips through in between.
    private const string HeldSql = /*lang=sql*/ """
        select n.id from unnest($1::uuid[], $2::text[], $3::text[]) as n (id, tenant, key)
         where exists (select 1 from carillon.job_done d where d.day = 0 and d.tenant = n.tenant and d.key = n.key and d.key_until > $4)
        """;

    private const string TakeBackSql = "delete from carillon.job where id = any ($1)";

    /// <summary>True for a job that can go this way; one whose id may be there, or that waits for others, is looked at by itself.</summary>
    public static bool IsPlain(NewJob job) => job.After.Count == 0 && job.OnConflict == OnConflict.Existing;

    /// <summary>Writes them; says which were written. The others met a job of their key.</summary>
    public static async Task<HashSet<Guid>> InsertAsync(Transaction transaction, IReadOnlyList<Job> jobs, DateTimeOffset now)
    {
        var lanes = new int[jobs.Count];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = await LaneTable.OfAsync(transaction, jobs[i]);
        }

        var signal = StoreSignal.Jobs | (jobs.Any(job => job.ExpiresAt is not null) ? StoreSignal.Expiries : StoreSignal.None);
        if (jobs.All(job => job.Key is null))
        {
            await Bind(transaction.Use(jobs.Count == 1 ? InsertOneSql : InsertSql), jobs, lanes).SetNotice(transaction, jobs.Count <= MostTold ? signal : StoreSignal.None).RunAsync();
            transaction.Tell(signal);
            return [.. jobs.Select(job => job.Id)];
        }

        var written = (await Bind(transaction.Use(InsertKeyedSql), jobs, lanes).SetNotice(transaction, StoreSignal.None).ListAsync(row => row.Id(0))).ToHashSet();
        written.ExceptWith(await TakeBackHeldAsync(transaction, [.. jobs.Where(job => job.Key is not null && written.Contains(job.Id))], now));
        transaction.Tell(written.Count > 0 ? signal : StoreSignal.None);
        return written;
    }

    /// <summary>True where all of them can be written by a single statement: nothing has to be looked up before or after it.</summary>
    public static bool IsOneStatement(PostgresMemory memory, IEnumerable<NewJob> jobs) =>
        jobs.All(job => IsPlain(job) && job.Key is null && IsLaneKnown(memory, job));

    public static bool IsLaneKnown(PostgresMemory memory, NewJob job) => memory.Lanes.ContainsKey((job.Queue, job.Handler, job.Priority, job.Group is not null));

    /// <summary>The lanes of jobs that <see cref="IsOneStatement"/>.</summary>
    public static int[] LanesOf(PostgresMemory memory, IReadOnlyList<Job> jobs) => [.. jobs.Select(job => memory.Lanes[(job.Queue, job.Handler, job.Priority, job.Group is not null)])];

    private static async Task<List<Guid>> TakeBackHeldAsync(Transaction transaction, List<Job> keyed, DateTimeOffset now)
    {
        if (keyed.Count == 0)
        {
            return [];
        }

        var held = await transaction.Use(HeldSql)
            .SetAll(keyed.ConvertAll(job => job.Id).ToArray(), NpgsqlDbType.Uuid)
            .SetAll(All(keyed, job => Text(job.Tenant)), NpgsqlDbType.Text)
            .SetAll(All(keyed, job => Text(job.Key)), NpgsqlDbType.Text)
            .Set(now).ListAsync(row => row.Id(0));
        if (held.Count > 0)
        {
            await transaction.Use(TakeBackSql).SetAll(held.ToArray(), NpgsqlDbType.Uuid).RunAsync();
        }

        return held;
    }

    /// <summary>The rows' values: <c>$1</c> to <c>$23</c>; the notice is still to be set.</summary>
    public static Statement Bind(Statement statement, IReadOnlyList<Job> jobs, int[] lanes) => statement
        .SetAll(All(jobs, job => job.Id), NpgsqlDbType.Uuid)
        .SetAll(Unless(jobs, job => job.ScheduledAt == job.RunAt, job => Instants.ToTicks(job.ScheduledAt)), NpgsqlDbType.Bigint)
        .SetAll(All(jobs, job => Instants.ToTicks(job.RunAt)), NpgsqlDbType.Bigint)
        .SetAll(Unless(jobs, job => job.CreatedAt == job.RunAt, job => Instants.ToTicks(job.CreatedAt)), NpgsqlDbType.Bigint)
        .SetAll(lanes, NpgsqlDbType.Integer)
        .SetAll(All(jobs, job => job.Args), NpgsqlDbType.Bytea)
        .SetAll(Unless(jobs, job => job.IsDelayed, job => job.IsDelayed), NpgsqlDbType.Boolean)
        .SetAll(Unless(jobs, job => job.ArgsVersion == 0, job => job.ArgsVersion), NpgsqlDbType.Integer)
        .SetAll(Unless(jobs, job => job.Tenant.Length == 0, job => Text(job.Tenant)), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.Origin.Length == 0, job => Text(job.Origin)), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.ArgsCodec == "json", job => Text(job.ArgsCodec)), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.KeyHold == TimeSpan.Zero, job => job.KeyHold.Ticks), NpgsqlDbType.Bigint)
        .SetAll(Unless(jobs, job => job.Timeout is null, job => job.Timeout?.Ticks), NpgsqlDbType.Bigint)
        .SetAll(Unless(jobs, job => job.ExpiresAt is null, job => job.ExpiresAt is { } at ? Instants.ToTicks(at) : (long?)null), NpgsqlDbType.Bigint)
        .SetAll(Unless(jobs, job => job.ScheduleDelay is null, job => job.ScheduleDelay?.Ticks), NpgsqlDbType.Bigint)
        .SetAll(Unless(jobs, job => job.Key is null, job => Text(job.Key)), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.ConcurrencyKey is null, job => Text(job.ConcurrencyKey)), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.Schedule is null, job => Text(job.Schedule)), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.Retry is null, job => Text(JobRow.ToJson(job.Retry))), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.Output is null, job => Text(job.Output)), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.Traceparent is null, job => Text(job.Traceparent)), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.Tags.Count == 0, job => Text(JobRow.ToJson(job.Tags))), NpgsqlDbType.Text)
        .SetAll(Unless(jobs, job => job.Group is null, job => Text(job.Group)), NpgsqlDbType.Text);

    // Null where it is the same as usual for all of them.
    private static T[]? Unless<T>(IReadOnlyList<Job> jobs, Func<Job, bool> isUsual, Func<Job, T> part) => jobs.All(isUsual) ? null : All(jobs, part);

    private static T[] All<T>(IReadOnlyList<Job> jobs, Func<Job, T> part)
    {
        var values = new T[jobs.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = part(jobs[i]);
        }

        return values;
    }

    private static string? Text(string? text) => text is null ? null : Texts.Storable(text);
}
