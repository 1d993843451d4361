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
    public static async Task<IReadOnlyList<EnqueueResult>> WriteAsync(Transaction transaction, EnqueueRequest request) =>
        MayShare(request.Jobs)
            ? (await WriteAllAsync(transaction, [request]))[0]
            : await Enqueuing.EnqueueAllAsync(transaction, request);

    /// <summary>Requests that may share, in a transaction of their own; where one statement will do, that is one round trip.</summary>
    public static async Task<IReadOnlyList<EnqueueResult[]>> WriteAllAsync(Connections connections, IReadOnlyList<EnqueueRequest> requests, IClaimOffer? offer) =>
        (requests.All(request => request.Act is null && NewRows.IsOneStatement(connections.Memory, request.Jobs))
            ? (offer is null ? null : await EnqueueClaim.TryWriteAsync(connections, requests, offer))
              ?? await connections.RunAloneAsync(transaction => TryWriteAloneAsync(transaction, requests), CancellationToken.None)
            : null)
        ?? await connections.WriteAsync(transaction => WriteAllAsync(transaction, requests), CancellationToken.None);

    /// <summary>Requests that may share.</summary>
    public static async Task<IReadOnlyList<EnqueueResult[]>> WriteAllAsync(Transaction transaction, IReadOnlyList<EnqueueRequest> requests)
    {
        var contested = FindContested(requests);
        var plain = TakePlain(transaction, requests, job => NewRows.IsPlain(job) && !IsContested(job, contested));
        var written = plain.Count == 0 ? [] : await NewRows.InsertAsync(transaction, plain, requests[0].Now);
        var results = requests.Select(request => new EnqueueResult[request.Jobs.Count]).ToList();
        for (var i = 0; i < requests.Count; i++)
        {
            await FillAsync(transaction, requests[i], results[i], written);
        }

        return results;
    }

    // Null, and nothing done, where an id may be there already.
    private static async Task<IReadOnlyList<EnqueueResult[]>?> TryWriteAloneAsync(Transaction transaction, IReadOnlyList<EnqueueRequest> requests)
    {
        var plain = TakePlain(transaction, requests, static _ => true);
        if (plain.Count < requests.Sum(request => request.Jobs.Count))
        {
            return null;
        }

        await NewRows.InsertAsync(transaction, plain, requests[0].Now);
        return AllCreated(requests);
    }

    /// <summary>The answers where each job is new.</summary>
    public static IReadOnlyList<EnqueueResult[]> AllCreated(IReadOnlyList<EnqueueRequest> requests) =>
        [.. requests.Select(request => request.Jobs.Select(job => new EnqueueResult(EnqueueStatus.Created, job.Id)).ToArray())];

    /// <summary>The jobs whose ids cannot be there yet and that are as wanted. Asked of each, in their order: an id that comes twice is new the first time only.</summary>
    public static List<Job> TakePlain(Transaction transaction, IReadOnlyList<EnqueueRequest> requests, Func<NewJob, bool> isPlain)
    {
        var plain = new List<Job>();
        foreach (var (jobs, _, now) in requests)
        {
            plain.AddRange(jobs.Where(job => transaction.Memory.Ids.Offer(job.Id) && isPlain(job)).Select(job => job.ToJob(now)));
        }

        return plain;
    }

    // Who gets a key that is asked for more than once is decided by the order.
    private static HashSet<(string Tenant, string Key)> FindContested(IReadOnlyList<EnqueueRequest> requests)
    {
        HashSet<(string, string)> seen = [], contested = [];
        foreach (var job in requests.SelectMany(request => request.Jobs).Where(job => job.Key is not null))
        {
            if (!seen.Add((job.Tenant, job.Key!)))
            {
                contested.Add((job.Tenant, job.Key!));
            }
        }

        return contested;
    }

    private static bool IsContested(NewJob job, HashSet<(string Tenant, string Key)> contested) =>
        job.Key is not null && contested.Contains((job.Tenant, job.Key));

    /// <summary>Who handed it in, if anything of it is new.</summary>
    public static Task NoteAsync(Transaction transaction, EnqueueRequest request, EnqueueResult[] results) =>
        request.Act is { } act && Array.Exists(results, result => result.IsNew) ? JournalTable.AppendAllAsync(transaction, [act]) : Task.CompletedTask;

    private static async Task FillAsync(Transaction transaction, EnqueueRequest request, EnqueueResult[] results, HashSet<Guid> written)
    {
        for (var i = 0; i < results.Length; i++)
        {
            var job = request.Jobs[i];
            results[i] = written.Remove(job.Id)
                ? new EnqueueResult(EnqueueStatus.Created, job.Id)
                : await Enqueuing.EnqueueAsync(transaction, job, request.Now);
        }

        await NoteAsync(transaction, request, results);
    }
}

/// <summary>What one caller asks for.</summary>
/// <param name="Jobs">All of them or none.</param>
/// <param name="Act">Who handed them in; written with them.</param>
/// <param name="Now">The instant at which it happens.</param>
internal sealed record EnqueueRequest(IReadOnlyList<NewJob> Jobs, JournalEntry? Act, DateTimeOffset Now);
