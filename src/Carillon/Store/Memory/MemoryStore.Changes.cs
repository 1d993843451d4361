using System.Text.Json.Nodes;

namespace Carillon.Store.Memory;

// What a person (or a rule in their name) does to jobs.
internal sealed partial class MemoryStore
{
    public Task<IReadOnlyList<Guid>> ChangeAsync(JobFilter filter, JobChange change, int limit, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Guid>>(() => Change(filter, change, limit, act, now), cancellationToken);

    private List<Guid> Change(JobFilter filter, JobChange change, int limit, Act? act, DateTimeOffset now)
    {
        var changed = new List<Guid>();
        foreach (var id in _jobs.Values.Where(filter.Matches).Select(job => job.Id).Order().ToList())
        {
            if (changed.Count >= limit)
            {
                break;
            }

            // Read anew: an earlier change may have ended it, as a dependent.
            var before = _jobs[id];
            if (filter.Matches(before) && TryChange(before, change, now))
            {
                AppendAct(Subject.Of(id), act, State(before), State(_jobs.GetValueOrDefault(id)), now);
                changed.Add(id);
            }
        }

        return changed;
    }

    private static JsonObject? State(Job? job) => job is null ? null : new JsonObject { ["state"] = job.State.ToString() };

    private bool TryChange(Job job, JobChange change, DateTimeOffset now) => change switch
    {
        JobChange.Cancel => TryCancel(job, "user", now),
        JobChange.Retry => TryRetry(job, now),
        JobChange.Delete => TryDelete(job),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "No such change of a job; use Cancel, Retry or Delete."),
    };

    /// <summary>False when it has ended, or was asked to stop before.</summary>
    private bool TryCancel(Job job, string reason, DateTimeOffset now)
    {
        if (job.IsEnded || job.CancelReason is not null)
        {
            return false;
        }

        if (job.State == JobState.Running)
        {
            Save(job with { CancelReason = reason });
        }
        else
        {
            End(job, JobState.Cancelled, reason, now);
        }

        return true;
    }

    private bool TryRetry(Job job, DateTimeOffset now)
    {
        if (!MayRetry(job, now))
        {
            return false;
        }

        Save(job.Retried(now));
        return true;
    }

    private bool MayRetry(Job job, DateTimeOffset now) => job.State switch
    {
        JobState.Dead or JobState.Cancelled => !IsKeyTaken(job),
        JobState.Pending => job.Attempt > 0 || job.RunAt > now,
        _ => false,
    };

    // A key is unique among live jobs: while another one has it, this one must stay ended.
    private bool IsKeyTaken(Job job) => job.Key is not null
        && _jobs.Values.Any(other => other.Tenant == job.Tenant && other.Key == job.Key && !other.IsEnded);

    private bool TryDelete(Job job)
    {
        if (job.IsEnded)
        {
            DeleteJobs([job.Id]);
        }

        return job.IsEnded;
    }

    private void DeleteJobs(HashSet<Guid> ids)
    {
        foreach (var id in ids)
        {
            Remove(_jobs, id);
            Remove(_claims, id);
        }

        var subjects = ids.Select(Subject.Of).ToHashSet();
        RemoveEntries(_journal.Values.Where(entry => subjects.Contains(entry.Subject)));
    }
}
