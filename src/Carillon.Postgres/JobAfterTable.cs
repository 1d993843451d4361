using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>What waiting jobs still wait for.</summary>
internal static class JobAfterTable
{
    private const string InsertSql = "insert into carillon.job_after (parent, job, position, condition) values ($1, $2, $3, $4)";
    private const string DeleteSql = "delete from carillon.job_after where job = $1";
    private const string MeetSql = "delete from carillon.job_after where parent = $1 and job = $2";
    private const string OfJobsSql = "select job, parent, condition from carillon.job_after where job = any ($1) order by job, position";
    private const string DependentsSql = "select distinct job from carillon.job_after where parent = any ($1) order by job";

    public static async Task InsertAsync(Transaction transaction, Job job)
    {
        for (var i = 0; i < job.After.Count; i++)
        {
            await transaction.Use(InsertSql).Set(job.After[i].Job).Set(job.Id).Set(i).Set((int)job.After[i].Condition).RunAsync();
        }
    }

    /// <summary>The job with what it waits for.</summary>
    public static async Task<Job> FillAsync(Transaction transaction, Job job) => (await FillAsync(transaction, [job]))[0];

    /// <summary>The jobs with what they wait for.</summary>
    public static async Task<IReadOnlyList<Job>> FillAsync(Transaction transaction, IReadOnlyList<Job> jobs)
    {
        var waiting = jobs.Where(job => job.State == JobState.Waiting).Select(job => job.Id).ToArray();
        if (waiting.Length == 0)
        {
            return jobs;
        }

        var rows = await transaction.Use(OfJobsSql).SetAll(waiting, NpgsqlTypes.NpgsqlDbType.Uuid)
            .ListAsync(row => (Job: row.Id(0), After: new After(row.Id(1), (AfterCondition)row.GetInt16(2))));
        var afters = rows.ToLookup(row => row.Job, row => row.After);
        return [.. jobs.Select(job => job.State == JobState.Waiting ? job with { After = [.. afters[job.Id]] } : job)];
    }

    /// <summary>The job waits for nothing any more.</summary>
    public static Task DeleteAsync(Transaction transaction, Guid job) => transaction.Use(DeleteSql).Set(job).RunAsync();

    /// <summary>The job does not wait for this one any more.</summary>
    public static Task MeetAsync(Transaction transaction, Guid parent, Guid job) => transaction.Use(MeetSql).Set(parent).Set(job).RunAsync();

    /// <summary>Who waits for any of these.</summary>
    public static Task<List<Guid>> FindDependentsAsync(Transaction transaction, params Guid[] parents) =>
        transaction.Use(DependentsSql).SetAll(parents, NpgsqlTypes.NpgsqlDbType.Uuid).ListAsync(row => row.Id(0));
}
