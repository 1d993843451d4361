using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>What a person (or a rule in their name) does to jobs.</summary>
internal static class Changing
{
    public static IReadOnlyList<Guid> Change(Transaction transaction, JobFilter filter, JobChange change, int limit, Act? act, DateTimeOffset now)
    {
        var changed = new List<Guid>();
        var isMore = true;
        for (var from = Guid.Empty; isMore && changed.Count < limit;)
        {
            var candidates = FindCandidates(transaction, filter, change, from, limit);
            foreach (var id in candidates.TakeWhile(_ => changed.Count < limit))
            {
                // Read anew: an earlier change may have ended it, as a dependent.
                var before = Find(transaction, id);
                if (before is not null && filter.Matches(before) && TryChange(transaction, before, change, now))
                {
                    JournalTable.AppendAct(transaction, Subject.Of(id), act, State(before), act is null ? null : State(Find(transaction, id)), now);
                    changed.Add(id);
                }
            }

            // A short piece was the last: what came to match by these changes did not match when they were asked for.
            isMore = candidates.Count == limit;
            from = isMore ? candidates[^1] : from;
        }

        return changed;
    }

    /// <summary>False when it has ended, or was asked to stop before.</summary>
    public static bool TryCancel(Transaction transaction, Job job, string reason, DateTimeOffset now)
    {
        if (job.IsEnded || job.CancelReason is not null)
        {
            return false;
        }

        if (job.State == JobState.Running)
        {
            JobTable.Save(transaction, job, job with { CancelReason = reason });
        }
        else
        {
            JobEnds.End(transaction, job, JobState.Cancelled, reason, now);
        }

        return true;
    }

    private static Job? Find(Transaction transaction, Guid id) => JobTable.Find(transaction, id) ?? DoneTable.Find(transaction, id);

    private static JsonObject? State(Job? job) => job is null ? null : new JsonObject { ["state"] = job.State.ToString() };

    // In pieces, by id; only from the tables and states in which the change can do something.
    private static List<Guid> FindCandidates(Transaction transaction, JobFilter filter, JobChange change, Guid from, int limit)
    {
        var where = new Conditions(filter);
        if (from != Guid.Empty)
        {
            where.Add("id > ", from, (statement, index) => statement.Set(index, from));
        }

        var live = $"select id from job where {where}";
        var ended = $"select id from job_done where {where}";
        var sql = change switch
        {
            JobChange.Cancel => $"{live} and cancel_reason is null",
            JobChange.Retry => $"{live} and state = 0 union all {ended} and state <> 3",
            JobChange.Delete => ended,
            _ => throw new ArgumentOutOfRangeException(nameof(change), change, "No such change of a job; use Cancel, Retry or Delete."),
        };
        var candidates = new List<Guid>();
        using var rows = where.Bind(transaction.Prepare($"{sql} order by id limit ?{where.NextParameter}")).Set(where.NextParameter, (long)limit);
        while (rows.Read())
        {
            candidates.Add(rows.Id(0));
        }

        return candidates;
    }

    private static bool TryChange(Transaction transaction, Job job, JobChange change, DateTimeOffset now) => change switch
    {
        JobChange.Cancel => TryCancel(transaction, job, "user", now),
        JobChange.Retry => TryRetry(transaction, job, now),
        _ => TryDelete(transaction, job),
    };

    private static bool TryRetry(Transaction transaction, Job job, DateTimeOffset now)
    {
        switch (job.State)
        {
            case JobState.Pending when job.Attempt > 0 || job.RunAt > now:
                JobTable.Save(transaction, job, job.Retried(now));
                return true;
            // A key is unique among live jobs: while another one has it, this one must stay ended.
            case JobState.Dead or JobState.Cancelled when job.Key is null || Enqueuing.FindLiveHolder(transaction, job.Tenant, job.Key) is null:
                DoneTable.Delete(transaction, job.Id);
                JobTable.Insert(transaction, job.Retried(now));
                return true;
            default:
                return false;
        }
    }

    private static bool TryDelete(Transaction transaction, Job job)
    {
        if (job.IsEnded)
        {
            DoneTable.Delete(transaction, job.Id);
            JournalTable.DeleteOfJob(transaction, job.Id);
        }

        return job.IsEnded;
    }
}
