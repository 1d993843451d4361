using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>Jobs as readers see them, from a snapshot of their own: a job that moves between the tables is seen in one of them.</summary>
internal static class JobLists
{
    /// <summary>The condition of running jobs: found by the claims they came with.</summary>
    public const string IsRunning = "state = 1 and id = any (array(select unnest(jobs) from carillon.claim_batch))";

    private const string FindSql = $"""
        select {JobRow.Columns} from carillon.job where id = $1 union all select {JobRow.Columns} from carillon.job_done where id = $1 limit 1
        """;

    // What runs stands in its lane too: counted along, for the index alone can do that, and taken off by the claims.
    private const string SummarySql = $"""
        select l.queue, l.handler, 0, sum(j.n)::bigint, min(j.first)
          from (select c.lane, c.n - coalesce(r.n, 0) as n, h.run_at as first
                  from (select lane, count(*) as n from carillon.job where lane > 0 group by lane) c
                  left join (select lane, sum(running) as n from carillon.claim_batch group by lane) r on r.lane = c.lane
                 cross join lateral (select run_at from carillon.job where lane = c.lane and lane > 0 and state = 0 order by run_at, id limit 1) h
                union all
                select -lane, count(*), min(run_at) from carillon.job where concurrency_key is not null and lane < 0 group by lane) j
          join carillon.lane l on l.id = j.lane
         group by l.queue, l.handler
        union all
        select queue, handler, 1, count(*), min(run_at) from carillon.job where {IsRunning} group by queue, handler
        union all
        select queue, handler, 2, count(*), min(run_at) from carillon.job where lane is null group by queue, handler
        union all
        select queue, handler, 4, count(*), min(run_at) from carillon.job_done where state = 4 and day = 0 group by queue, handler
        """;

    private const string BusySql = "select key from carillon.busy_key";

    public static async Task<Job?> FindAsync(Transaction transaction, Guid id)
    {
        var job = await transaction.Use(FindSql).Set(id).FirstAsync(JobRow.Read);
        return job is null ? null : await JobAfterTable.FillAsync(transaction, job);
    }

    public static async Task<IReadOnlyList<Job>> ListAsync(Transaction transaction, JobQuery query)
    {
        var where = new Conditions(query.Filter);
        where.Add("id < ", query.Before);
        var states = query.Filter.States;
        var live = states?.All(IsEnd) == true ? [] : await PageAsync(transaction, "carillon.job", where, query.Limit);
        var ended = states?.Any(IsEnd) == false ? [] : await PageAsync(transaction, "carillon.job_done", where, query.Limit);
        return await JobAfterTable.FillAsync(transaction, [.. live.Concat(ended).OrderByDescending(job => job.Id).Take(query.Limit)]);
    }

    public static async Task<Summary> SummarizeAsync(Transaction transaction)
    {
        var counts = await transaction.Use(SummarySql)
            .ListAsync(row => new JobCount(row.GetString(0), row.GetString(1), (JobState)row.GetInt32(2), row.GetInt64(3), row.InstantOrNull(4)));
        var busy = await transaction.Use(BusySql).ListAsync(row => row.GetString(0));
        return new Summary(counts, busy.ToHashSet(StringComparer.Ordinal));
    }

    private static bool IsEnd(JobState state) => state is JobState.Succeeded or JobState.Dead or JobState.Cancelled;

    private static Task<List<Job>> PageAsync(Transaction transaction, string table, Conditions where, int limit) =>
        where.Bind(transaction, $"select {JobRow.Columns} from {table} where {where} order by id desc limit {limit}").ListAsync(JobRow.Read);
}
