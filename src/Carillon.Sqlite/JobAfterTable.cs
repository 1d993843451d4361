using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>What waiting jobs still wait for.</summary>
internal static class JobAfterTable
{
    private const string InsertSql = "insert into job_after (parent, job, position, condition) values (?1, ?2, ?3, ?4)";
    private const string DeleteSql = "delete from job_after where job = ?1";
    private const string MeetSql = "delete from job_after where parent = ?1 and job = ?2";
    private const string OfJobSql = "select parent, condition from job_after where job = ?1 order by position";
    private const string DependentsSql = "select distinct job from job_after where parent = ?1 order by job";

    public static void Insert(Transaction transaction, Job job)
    {
        for (var i = 0; i < job.After.Count; i++)
        {
            using var row = transaction.Use(InsertSql);
            row.Set(1, job.After[i].Job).Set(2, job.Id).Set(3, (long)i).Set(4, (long)job.After[i].Condition).Run();
            transaction.Board.HasDependents = true;
        }
    }

    /// <summary>The job with what it waits for.</summary>
    public static Job Fill(Transaction transaction, Job job)
    {
        if (job.State != JobState.Waiting)
        {
            return job;
        }

        using var rows = transaction.Use(OfJobSql);
        return job with { After = ReadAll(rows.Set(1, job.Id)) };
    }

    /// <inheritdoc cref="Fill(Transaction, Job)"/>
    public static Job Fill(Native.Database database, Job job)
    {
        if (job.State != JobState.Waiting)
        {
            return job;
        }

        using var rows = database.Use(OfJobSql);
        return job with { After = ReadAll(rows.Set(1, job.Id)) };
    }

    /// <summary>The job waits for nothing any more.</summary>
    public static void Delete(Transaction transaction, Guid job)
    {
        using var row = transaction.Use(DeleteSql);
        row.Set(1, job).Run();
    }

    /// <summary>The job does not wait for this one any more.</summary>
    public static void Meet(Transaction transaction, Guid parent, Guid job)
    {
        using var row = transaction.Use(MeetSql);
        row.Set(1, parent).Set(2, job).Run();
    }

    public static IReadOnlyList<Guid> FindDependents(Transaction transaction, Guid parent)
    {
        if (!transaction.Board.HasDependents)
        {
            return [];
        }

        var jobs = new List<Guid>();
        using var rows = transaction.Use(DependentsSql);
        for (rows.Set(1, parent); rows.Read();)
        {
            jobs.Add(rows.Id(0));
        }

        return jobs;
    }

    private static List<After> ReadAll(Native.Statement rows)
    {
        var afters = new List<After>();
        while (rows.Read())
        {
            afters.Add(new After(rows.Id(0), (AfterCondition)rows.Int(1)));
        }

        return afters;
    }
}
