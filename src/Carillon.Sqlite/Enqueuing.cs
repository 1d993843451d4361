using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>How a job comes to be: ids, keys, dependencies.</summary>
internal static class Enqueuing
{
    private const string HolderSql = "select id from job where tenant = ?1 and key = ?2";

    /// <summary>All or none.</summary>
    public static IReadOnlyList<EnqueueResult> EnqueueAll(Transaction transaction, IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now)
    {
        var results = new EnqueueResult[jobs.Count];
        var isWritten = jobs.All(job => job.After.Count == 0) ? Write() : transaction.Try(Write);
        if (act is not null && isWritten && Array.Exists(results, result => result.IsNew))
        {
            JournalTable.AppendAll(transaction, [act]);
        }

        return results;

        bool Write()
        {
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = Enqueue(transaction, jobs[i], now);
            }

            return Array.TrueForAll(results, result => result.Status != EnqueueStatus.UnknownDependency);
        }
    }

    // Id before key before dependencies: a batch sent a second time finds itself, also where it depends within itself.
    public static EnqueueResult Enqueue(Transaction transaction, NewJob asked, DateTimeOffset now)
    {
        if (JobTable.Exists(transaction, asked.Id))
        {
            return new EnqueueResult(EnqueueStatus.Existing, asked.Id);
        }

        var holder = FindKeyHolder(transaction, asked, now, out var ended);
        if (ended is not null || (holder is not null && !Yields(holder, asked)))
        {
            return new EnqueueResult(EnqueueStatus.Existing, holder?.Id ?? ended!.Value);
        }

        if (asked.After.Any(after => !JobTable.Exists(transaction, after.Job)))
        {
            return new EnqueueResult(EnqueueStatus.UnknownDependency, asked.Id);
        }

        if (holder is not null)
        {
            JobEnds.End(transaction, holder, JobState.Cancelled, "replaced", now);
        }

        Accept(transaction, asked.ToJob(now), now);
        return new EnqueueResult(holder is null ? EnqueueStatus.Created : EnqueueStatus.Replaced, asked.Id);
    }

    /// <summary>A follow-up of a finish: the attempt is over whatever becomes of it, so one that waits for the unknown is kept as cancelled instead of vanishing.</summary>
    public static void Follow(Transaction transaction, NewJob asked, DateTimeOffset now)
    {
        if (Enqueue(transaction, asked, now).Status == EnqueueStatus.UnknownDependency)
        {
            JobEnds.Insert(transaction, asked.ToJob(now), JobState.Cancelled, "dependency", now);
        }
    }

    private static Job? FindKeyHolder(Transaction transaction, NewJob asked, DateTimeOffset now, out Guid? ended)
    {
        ended = null;
        if (asked.Key is null)
        {
            return null;
        }

        if (FindLiveHolder(transaction, asked.Tenant, asked.Key) is { } live)
        {
            return JobTable.Find(transaction, live);
        }

        ended = DoneTable.FindKeyHolder(transaction, asked, now);
        return null;
    }

    public static Guid? FindLiveHolder(Transaction transaction, string tenant, string key)
    {
        using var row = transaction.Use(HolderSql);
        return row.Set(1, tenant).Set(2, key).Read() ? row.Id(0) : null;
    }

    private static bool Yields(Job holder, NewJob asked) =>
        asked.OnConflict == OnConflict.Replace && holder.State is JobState.Pending or JobState.Waiting;

    private static void Accept(Transaction transaction, Job job, DateTimeOffset now)
    {
        JobTable.Insert(transaction, job);
        foreach (var parent in job.After.Select(after => after.Job).Distinct().ToList())
        {
            if (DoneTable.Find(transaction, parent) is { } ended
                && JobTable.Find(transaction, job.Id) is { } waiting && !JobEnds.TryMeet(transaction, waiting, ended, now))
            {
                JobEnds.End(transaction, waiting, JobState.Cancelled, "dependency", now);
                return;
            }
        }
    }
}
