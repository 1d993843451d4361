using System.Data;
using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>How a job comes to be, one by one: ids, keys, dependencies. What needs none of these goes through <see cref="NewRows"/>.</summary>
internal static class Enqueuing
{
    // Each further turn means that another enqueuer of the key (or id) was quicker and its job has already gone again.
    private const int MostTurns = 20;
    private const string HolderSql = "select id from carillon.job where tenant = $1 and key = $2";

    /// <summary>All or none.</summary>
    public static async Task<IReadOnlyList<EnqueueResult>> EnqueueAllAsync(Transaction transaction, EnqueueRequest request)
    {
        var (jobs, _, now) = request;
        var results = new EnqueueResult[jobs.Count];
        if (await transaction.TryAsync(WriteAsync))
        {
            await EnqueueBatch.NoteAsync(transaction, request, results);
        }

        return results;

        async Task<bool> WriteAsync()
        {
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = await EnqueueAsync(transaction, jobs[i], now);
            }

            return Array.TrueForAll(results, result => result.Status != EnqueueStatus.UnknownDependency);
        }
    }

    public static async Task<EnqueueResult> EnqueueAsync(Transaction transaction, NewJob asked, DateTimeOffset now)
    {
        var isNew = transaction.Memory.Ids.Offer(asked.Id);
        for (var turn = 0; turn < MostTurns; turn++)
        {
            if (await TryEnqueueAsync(transaction, asked, now, isNew && turn == 0) is { } result)
            {
                return result;
            }
        }

        throw new DBConcurrencyException($"Job {asked.Id} could not be enqueued: its key '{asked.Key}' changed hands {MostTurns} times meanwhile. Try again.");
    }

    /// <summary>A follow-up of a finish: the attempt is over whatever becomes of it, so one that waits for the unknown is kept as cancelled instead of vanishing.</summary>
    public static async Task FollowAsync(Transaction transaction, NewJob asked, DateTimeOffset now)
    {
        if ((await EnqueueAsync(transaction, asked, now)).Status == EnqueueStatus.UnknownDependency)
        {
            await JobEnds.InsertAsync(transaction, asked.ToJob(now), JobState.Cancelled, "dependency", now);
        }
    }

    public static Task<Guid?> FindLiveHolderAsync(Transaction transaction, string tenant, string key) =>
        transaction.Use(HolderSql).Set(tenant).Set(key).FirstAsync(row => (Guid?)row.Id(0));

    // Id before key before dependencies: a batch sent a second time finds itself, also where it depends within itself.
    private static async Task<EnqueueResult?> TryEnqueueAsync(Transaction transaction, NewJob asked, DateTimeOffset now, bool isNew)
    {
        if (!isNew && await JobTable.ExistsAsync(transaction, asked.Id))
        {
            return new EnqueueResult(EnqueueStatus.Existing, asked.Id);
        }

        var (live, ended) = await FindKeyHolderAsync(transaction, asked, now);
        if (ended is { } held)
        {
            return new EnqueueResult(EnqueueStatus.Existing, held);
        }

        var holder = live is { } id ? await JobTable.FindAsync(transaction, id) : null;
        if (live is not null && holder is null)
        {
            return null;
        }

        if (holder is not null && !Yields(holder, asked))
        {
            return new EnqueueResult(EnqueueStatus.Existing, holder.Id);
        }

        return await AreParentsKnownAsync(transaction, asked)
            ? await TryPutAsync(transaction, asked, holder, now, isNew)
            : new EnqueueResult(EnqueueStatus.UnknownDependency, asked.Id);
    }

    private static async Task<EnqueueResult?> TryPutAsync(Transaction transaction, NewJob asked, Job? holder, DateTimeOffset now, bool isNew)
    {
        if (holder is not null)
        {
            await JobEnds.EndAsync(transaction, holder, JobState.Cancelled, "replaced", now);
        }

        if (!await JobTable.TryInsertAsync(transaction, asked.ToJob(now)))
        {
            return null;
        }

        // Another one of the key may have come and gone, and still hold it, since that was asked.
        if (asked.Key is not null && holder is null && await DoneTable.FindKeyHolderAsync(transaction, asked, now) is { } ended)
        {
            var taken = await JobTable.FindAsync(transaction, asked.Id);
            await JobAfterTable.DeleteAsync(transaction, asked.Id);
            await JobTable.DeleteAsync(transaction, taken!);
            return new EnqueueResult(EnqueueStatus.Existing, ended);
        }

        await MeetEndedAsync(transaction, asked, now);
        if (!isNew)
        {
            await JournalTable.AdoptAsync(transaction, asked.Id);
        }

        return new EnqueueResult(holder is null ? EnqueueStatus.Created : EnqueueStatus.Replaced, asked.Id);
    }

    // The live one first: one that ends between the two questions is found by the second.
    private static async Task<(Guid? Live, Guid? Ended)> FindKeyHolderAsync(Transaction transaction, NewJob asked, DateTimeOffset now)
    {
        if (asked.Key is null)
        {
            return (null, null);
        }

        return await FindLiveHolderAsync(transaction, asked.Tenant, asked.Key) is { } live
            ? (live, null)
            : (null, await DoneTable.FindKeyHolderAsync(transaction, asked, now));
    }

    private static bool Yields(Job holder, NewJob asked) =>
        asked.OnConflict == OnConflict.Replace && holder.State is JobState.Pending or JobState.Waiting;

    // Those that live are held: none of them ends until this job is known to wait for it.
    private static async Task<bool> AreParentsKnownAsync(Transaction transaction, NewJob asked)
    {
        if (asked.After.Count == 0)
        {
            return true;
        }

        var parents = asked.After.Select(after => after.Job).ToHashSet();
        parents.ExceptWith(await JobTable.HoldAsync(transaction, parents));
        foreach (var parent in parents)
        {
            if (!await JobTable.ExistsAsync(transaction, parent))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task MeetEndedAsync(Transaction transaction, NewJob asked, DateTimeOffset now)
    {
        foreach (var parent in asked.After.Select(after => after.Job).Distinct())
        {
            if (await DoneTable.FindAsync(transaction, parent) is { } ended
                && await JobTable.FindAsync(transaction, asked.Id) is { } waiting && !await JobEnds.TryMeetAsync(transaction, waiting, ended, now))
            {
                await JobEnds.EndAsync(transaction, waiting, JobState.Cancelled, "dependency", now);
                return;
            }
        }
    }
}
