using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>What a person (or a rule in their name) does to jobs.</summary>
internal static class Changing
{
    public static async Task<IReadOnlyList<Guid>> ChangeAsync(Transaction transaction, ChangeRequest request, DateTimeOffset now)
    {
        var changed = new List<Guid>();
        var isMore = true;
        for (var from = Guid.Empty; isMore && changed.Count < request.Limit;)
        {
            var candidates = await FindCandidatesAsync(transaction, request, from);
            foreach (var id in candidates.TakeWhile(_ => changed.Count < request.Limit))
            {
                if (await TryChangeAsync(transaction, id, request, now))
                {
                    changed.Add(id);
                }
            }

            // A short piece was the last: what came to match by these changes did not match when they were asked for.
            isMore = candidates.Count == request.Limit;
            from = isMore ? candidates[^1] : from;
        }

        return changed;
    }

    /// <summary>False when it has ended, or was asked to stop before.</summary>
    public static async Task<bool> TryCancelAsync(Transaction transaction, Job job, string reason, DateTimeOffset now)
    {
        if (job.IsEnded || job.CancelReason is not null)
        {
            return false;
        }

        if (job.State == JobState.Running)
        {
            await JobTable.SaveAsync(transaction, job, job with { CancelReason = reason });
        }
        else
        {
            await JobEnds.EndAsync(transaction, job, JobState.Cancelled, reason, now);
        }

        return true;
    }

    // Read anew, and locked: an earlier change may have ended it as a dependent, and another transaction may have changed it meanwhile.
    private static async Task<bool> TryChangeAsync(Transaction transaction, Guid id, ChangeRequest request, DateTimeOffset now)
    {
        var before = await FindAsync(transaction, id);
        if (before is null || !request.Filter.Matches(before) || !await TryChangeAsync(transaction, before, request, now))
        {
            return false;
        }

        var after = request.Act is null ? null : State(await FindAsync(transaction, id));
        await JournalTable.AppendActAsync(transaction, Subject.Of(id), request.Act, (State(before), after), now);
        return true;
    }

    private static async Task<Job?> FindAsync(Transaction transaction, Guid id) =>
        await JobTable.FindAsync(transaction, id) ?? await DoneTable.FindAsync(transaction, id);

    private static JsonObject? State(Job? job) => job is null ? null : new JsonObject { ["state"] = job.State.ToString() };

    // In pieces, by id; only from the tables and states in which the change can do something.
    private static Task<List<Guid>> FindCandidatesAsync(Transaction transaction, ChangeRequest request, Guid from)
    {
        var where = new Conditions(request.Filter);
        where.Add("id > ", (Guid?)from);
        var live = $"select id from carillon.job where {where}";
        var ended = $"select id from carillon.job_done where {where}";
        var sql = request.Change switch
        {
            JobChange.Cancel => $"{live} and cancel_reason is null",
            JobChange.Retry => $"{live} and state = 0 union all {ended} and state <> 3",
            JobChange.Delete => ended,
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Change, "No such change of a job; use Cancel, Retry or Delete."),
        };
        return where.Bind(transaction, $"{sql} order by id limit {request.Limit}").ListAsync(row => row.Id(0));
    }

    private static Task<bool> TryChangeAsync(Transaction transaction, Job job, ChangeRequest request, DateTimeOffset now) => request.Change switch
    {
        JobChange.Cancel => TryCancelAsync(transaction, job, "user", now),
        JobChange.Retry => TryRetryAsync(transaction, job, now),
        _ => TryDeleteAsync(transaction, job),
    };

    private static async Task<bool> TryRetryAsync(Transaction transaction, Job job, DateTimeOffset now)
    {
        switch (job.State)
        {
            case JobState.Pending when job.Attempt > 0 || job.RunAt > now:
                await JobTable.SaveAsync(transaction, job, job.Retried(now));
                return true;
            case JobState.Dead or JobState.Cancelled:
                return await TryReviveAsync(transaction, job.Retried(now));
            default:
                return false;
        }
    }

    // A key is unique among live jobs: while another one has it, this one must stay ended.
    private static async Task<bool> TryReviveAsync(Transaction transaction, Job job)
    {
        if (!await JobTable.TryInsertAsync(transaction, job))
        {
            return false;
        }

        await DoneTable.DeleteAsync(transaction, job.Id);
        return true;
    }

    private static async Task<bool> TryDeleteAsync(Transaction transaction, Job job)
    {
        if (job.IsEnded)
        {
            await DoneTable.DeleteAsync(transaction, job.Id);
            await JournalTable.DeleteOfJobsAsync(transaction, job.Id);
        }

        return job.IsEnded;
    }
}

/// <summary>A change that was asked for.</summary>
internal sealed record ChangeRequest(JobFilter Filter, JobChange Change, int Limit, Act? Act);
