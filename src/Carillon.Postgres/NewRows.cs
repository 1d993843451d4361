using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>New jobs that need nothing looked up, all in one statement.</summary>
internal static class NewRows
{
    private const string InsertSql = /*lang=sql*/ """
        insert into carillon.job (id, scheduled_at, run_at, created_at, token, key_hold, timeout, expires_at, schedule_delay, lane, priority,
               attempt, owner_losses, args_version, state, is_delayed, tenant, origin, queue, handler, args_codec, args, key, concurrency_key,
               schedule, retry, output, traceparent, tags, job_group)
        select n.id, n.scheduled_at, n.run_at, n.created_at, 0, n.key_hold, n.timeout, n.expires_at, n.schedule_delay, l.id, l.priority,
               0, 0, n.args_version, 0, n.is_delayed, n.tenant, n.origin, l.queue, l.handler, n.args_codec, n.args, n.key, n.concurrency_key,
               n.schedule, n.retry, n.output, n.traceparent, n.tags, n.job_group
          from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::bytea[], $7::boolean[], $8::integer[], $9::text[], $10::text[],
                      $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
                      $21::text[], $22::text[], $23::text[])
               as n (id, scheduled_at, run_at, created_at, lane, args, is_delayed, args_version, tenant, origin,
                     args_codec, key_hold, timeout, expires_at, schedule_delay, key, concurrency_key, schedule, retry, output,
                     traceparent, tags, job_group)
          join carillon.lane l on l.id = n.lane
        on conflict do nothing
        returning id
        """;

    // Keys of ended jobs that still hold; asked after the insert, so that none slips through in between.
    private const string HeldSql = /*lang=sql*/ """
        select n.id from unnest($1::uuid[], $2::text[], $3::text[]) as n (id, tenant, key)
         where exists (select 1 from carillon.job_done d where d.day = 0 and d.tenant = n.tenant and d.key = n.key and d.key_until > $4)
        """;

    private const string TakeBackSql = "delete from carillon.job where id = any ($1)";

    /// <summary>True for a job that can go this way; one whose id may be there, or that waits for others, is looked at by itself.</summary>
    public static bool IsPlain(NewJob job) => job.After.Count == 0 && job.OnConflict == OnConflict.Existing;

    /// <summary>Writes them; says which were written. The others met a job of their id or key.</summary>
    public static async Task<HashSet<Guid>> InsertAsync(Transaction transaction, IReadOnlyList<Job> jobs, DateTimeOffset now)
    {
        var lanes = new int[jobs.Count];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = await LaneTable.OfAsync(transaction, jobs[i]);
        }

        var written = (await Bind(transaction.Use(InsertSql), jobs, lanes).ListAsync(row => row.Id(0))).ToHashSet();
        written.ExceptWith(await TakeBackHeldAsync(transaction, [.. jobs.Where(job => job.Key is not null && written.Contains(job.Id))], now));
        if (written.Count > 0)
        {
            transaction.Tell(StoreSignal.Jobs);
            transaction.Tell(jobs.Any(job => job.ExpiresAt is not null && written.Contains(job.Id)) ? StoreSignal.Expiries : StoreSignal.None);
        }

        return written;
    }

    private static async Task<List<Guid>> TakeBackHeldAsync(Transaction transaction, List<Job> keyed, DateTimeOffset now)
    {
        if (keyed.Count == 0)
        {
            return [];
        }

        var held = await transaction.Use(HeldSql)
            .SetAll(keyed.ConvertAll(job => job.Id).ToArray(), NpgsqlDbType.Uuid)
            .SetAll(Texts(keyed, job => job.Tenant), NpgsqlDbType.Text)
            .SetAll(Texts(keyed, job => job.Key), NpgsqlDbType.Text)
            .Set(now).ListAsync(row => row.Id(0));
        if (held.Count > 0)
        {
            await transaction.Use(TakeBackSql).SetAll(held.ToArray(), NpgsqlDbType.Uuid).RunAsync();
        }

        return held;
    }

    private static Statement Bind(Statement statement, IReadOnlyList<Job> jobs, int[] lanes) => statement
        .SetAll(All(jobs, job => job.Id), NpgsqlDbType.Uuid)
        .SetAll(All(jobs, job => Instants.ToTicks(job.ScheduledAt)), NpgsqlDbType.Bigint)
        .SetAll(All(jobs, job => Instants.ToTicks(job.RunAt)), NpgsqlDbType.Bigint)
        .SetAll(All(jobs, job => Instants.ToTicks(job.CreatedAt)), NpgsqlDbType.Bigint)
        .SetAll(lanes, NpgsqlDbType.Integer)
        .SetAll(All(jobs, job => job.Args), NpgsqlDbType.Bytea)
        .SetAll(All(jobs, job => job.IsDelayed), NpgsqlDbType.Boolean)
        .SetAll(All(jobs, job => job.ArgsVersion), NpgsqlDbType.Integer)
        .SetAll(Texts(jobs, job => job.Tenant), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => job.Origin), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => job.ArgsCodec), NpgsqlDbType.Text)
        .SetAll(All(jobs, job => job.KeyHold.Ticks), NpgsqlDbType.Bigint)
        .SetAll(All(jobs, job => job.Timeout?.Ticks), NpgsqlDbType.Bigint)
        .SetAll(All(jobs, job => job.ExpiresAt is { } at ? Instants.ToTicks(at) : (long?)null), NpgsqlDbType.Bigint)
        .SetAll(All(jobs, job => job.ScheduleDelay?.Ticks), NpgsqlDbType.Bigint)
        .SetAll(Texts(jobs, job => job.Key), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => job.ConcurrencyKey), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => job.Schedule), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => JobRow.ToJson(job.Retry)), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => job.Output), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => job.Traceparent), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => JobRow.ToJson(job.Tags)), NpgsqlDbType.Text)
        .SetAll(Texts(jobs, job => job.Group), NpgsqlDbType.Text);

    private static T[] All<T>(IReadOnlyList<Job> jobs, Func<Job, T> part)
    {
        var values = new T[jobs.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = part(jobs[i]);
        }

        return values;
    }

    private static string?[] Texts(IReadOnlyList<Job> jobs, Func<Job, string?> part) => All(jobs, job => part(job) is { } text ? Postgres.Texts.Storable(text) : null);
}
