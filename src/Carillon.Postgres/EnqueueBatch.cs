using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>What one transaction enqueues for one or several callers: the plain jobs together, then the others one by one.</summary>
internal static class EnqueueBatch
{
    /// <summary>True where no job can take the others of its request back, so that requests may share a transaction.</summary>
    public static bool MayShare(IReadOnlyList<NewJob> jobs)
    {
        for (var i = 0; i < jobs.Count; i++)
        {
            if (jobs[i].After.Count > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One request by itself, all or none.</summary>
    public static async Task<IReadOnlyList<EnqueueResult>> WriteAsync(Transaction transaction, IReadOnlyList<NewJob> jobs, DateTimeOffset now) =>
        MayShare(jobs)
            ? (await WriteAllAsync(transaction, [(jobs, now)]))[0]
            : await Enqueuing.EnqueueAllAsync(transaction, jobs, now);

    /// <summary>Requests that may share.</summary>
    public static async Task<IReadOnlyList<EnqueueResult[]>> WriteAllAsync(Transaction transaction, IReadOnlyList<(IReadOnlyList<NewJob> Jobs, DateTimeOffset Now)> requests)
    {
        var results = requests.Select(request => new EnqueueResult[request.Jobs.Count]).ToList();
        var plain = new List<Job>();
        foreach (var (jobs, now) in requests)
        {
            plain.AddRange(jobs.Where(job => NewRows.IsPlain(job) && transaction.Memory.IsNew(job.Id)).Select(job => job.ToJob(now)));
        }

        var written = plain.Count == 0 ? [] : await NewRows.InsertAsync(transaction, plain, requests[0].Now);
        for (var i = 0; i < requests.Count; i++)
        {
            await FillAsync(transaction, requests[i], results[i], written);
        }

        return results;
    }

    private static async Task FillAsync(Transaction transaction, (IReadOnlyList<NewJob> Jobs, DateTimeOffset Now) request, EnqueueResult[] results, HashSet<Guid> written)
    {
        for (var i = 0; i < results.Length; i++)
        {
            var job = request.Jobs[i];
            results[i] = written.Remove(job.Id)
                ? new EnqueueResult(EnqueueStatus.Created, job.Id)
                : await Enqueuing.EnqueueAsync(transaction, job, request.Now);
        }
    }
}
