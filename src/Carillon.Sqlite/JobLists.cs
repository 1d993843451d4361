using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>Jobs as readers see them, from a snapshot of their own.</summary>
internal static class JobLists
{
    private const string FindLiveSql = $"select {JobRow.Columns} from job where id = ?1";
    private const string FindEndedSql = $"select {JobRow.Columns} from job_done where id = ?1";

    private const string SummarySql = /*lang=sql*/ """
        select l.queue, l.handler, 0, sum(j.n), min(j.first)
          from (select abs(lane) as lane, count(*) as n, min(run_at) as first from job where lane is not null and lane <> 0 group by abs(lane)) j
          join lane l on l.id = j.lane
         group by l.queue, l.handler
        union all
        select queue, handler, 1, count(*), min(run_at) from job where lane = 0 group by queue, handler
        union all
        select queue, handler, 2, count(*), min(run_at) from job where lane is null group by queue, handler
        union all
        select queue, handler, 4, count(*), min(run_at) from job_done where state = 4 group by queue, handler
        """;

    private const string BusySql = "select concurrency_key from job where concurrency_key is not null and lane = 0";

    public static Job? Find(Database database, Guid id) => FindIn(database, FindLiveSql, id) ?? FindIn(database, FindEndedSql, id);

    public static IReadOnlyList<Job> List(Database database, JobQuery query)
    {
        var where = new Conditions(query.Filter);
        where.Add("id < ", query.Before, (statement, index) => statement.Set(index, query.Before!.Value));
        var states = query.Filter.States;
        var live = states?.All(IsEnd) == true ? [] : Page(database, "job", where, query.Limit);
        var ended = states?.Any(IsEnd) == false ? [] : Page(database, "job_done", where, query.Limit);
        return [.. live.Concat(ended).OrderByDescending(job => job.Id).Take(query.Limit).Select(job => JobAfterTable.Fill(database, job))];
    }

    public static Summary Summarize(Database database)
    {
        var counts = new List<JobCount>();
        using (var rows = database.Use(SummarySql))
        {
            while (rows.Read())
            {
                counts.Add(new JobCount(rows.Name(0), rows.Name(1), (JobState)rows.Int(2), rows.Long(3), rows.InstantOrNull(4)));
            }
        }

        var busy = new HashSet<string>(StringComparer.Ordinal);
        using var keys = database.Use(BusySql);
        while (keys.Read())
        {
            busy.Add(keys.Text(0));
        }

        return new Summary(counts, busy, BucketTable.List(database));
    }

    private static bool IsEnd(JobState state) => state is JobState.Succeeded or JobState.Dead or JobState.Cancelled;

    private static Job? FindIn(Database database, string sql, Guid id)
    {
        Job? job;
        using (var row = database.Use(sql))
        {
            job = row.Set(1, id).Read() ? JobRow.Read(row) : null;
        }

        return job is null ? null : JobAfterTable.Fill(database, job);
    }

    private static List<Job> Page(Database database, string table, Conditions where, int limit)
    {
        var jobs = new List<Job>();
        using var rows = where.Bind(database.Prepare($"select {JobRow.Columns} from {table} where {where} order by id desc limit ?{where.NextParameter}"));
        for (rows.Set(where.NextParameter, (long)limit); rows.Read();)
        {
            jobs.Add(JobRow.Read(rows));
        }

        return jobs;
    }
}
