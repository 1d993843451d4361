namespace Carillon.Store.Memory;

// How a job comes to be: ids, keys, dependencies.
internal sealed partial class MemoryStore
{
    public Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<EnqueueResult>>(() => EnqueueAll(jobs, act, now), cancellationToken);

    public Task<Job?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        TransactAsync(() => _jobs.GetValueOrDefault(id), cancellationToken);

    private List<EnqueueResult> EnqueueAll(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now)
    {
        var results = jobs.Select(job => Enqueue(job, now)).ToList();
        if (results.Exists(result => result.Status == EnqueueStatus.UnknownDependency))
        {
            RollBack();
        }
        else if (act is not null && results.Exists(result => result.IsNew))
        {
            AppendAll([act]);
        }

        return results;
    }

    // Id before key before dependencies: a batch sent a second time finds itself, also where it depends within itself.
    private EnqueueResult Enqueue(NewJob asked, DateTimeOffset now)
    {
        if (_jobs.ContainsKey(asked.Id))
        {
            return new EnqueueResult(EnqueueStatus.Existing, asked.Id);
        }

        var holder = FindKeyHolder(asked, now);
        if (holder is not null && !Yields(holder, asked))
        {
            return new EnqueueResult(EnqueueStatus.Existing, holder.Id);
        }

        if (asked.After.Any(after => !_jobs.ContainsKey(after.Job)))
        {
            return new EnqueueResult(EnqueueStatus.UnknownDependency, asked.Id);
        }

        if (holder is not null)
        {
            End(holder, JobState.Cancelled, "replaced", now);
        }

        Accept(asked.ToJob(now), now);
        return new EnqueueResult(holder is null ? EnqueueStatus.Created : EnqueueStatus.Replaced, asked.Id);
    }

    private Job? FindKeyHolder(NewJob asked, DateTimeOffset now) => asked.Key is null
        ? null
        : _jobs.Values.Where(job => job.Tenant == asked.Tenant && job.Key == asked.Key && HoldsKey(job, now)).OrderBy(job => job.IsEnded).FirstOrDefault();

    private static bool HoldsKey(Job job, DateTimeOffset now) => !job.IsEnded || now - job.FinishedAt < job.KeyHold;

    private static bool Yields(Job holder, NewJob asked) =>
        asked.OnConflict == OnConflict.Replace && holder.State is JobState.Pending or JobState.Waiting;

    private void Accept(Job job, DateTimeOffset now)
    {
        Save(job);
        foreach (var parent in job.After.Select(after => _jobs[after.Job]).Where(parent => parent.IsEnded).Distinct().ToList())
        {
            if (!TryMeet(_jobs[job.Id], parent, now))
            {
                End(_jobs[job.Id], JobState.Cancelled, "dependency", now);
                return;
            }
        }
    }

    /// <summary>A follow-up of a finish: the attempt is over whatever becomes of it, so one that waits for the unknown is kept as cancelled instead of vanishing.</summary>
    private void Follow(NewJob asked, DateTimeOffset now)
    {
        if (Enqueue(asked, now).Status == EnqueueStatus.UnknownDependency)
        {
            Accept((asked with { After = [] }).ToJob(now), now);
            End(_jobs[asked.Id], JobState.Cancelled, "dependency", now);
        }
    }

    /// <summary>Writes the row and remembers who must be told.</summary>
    private void Save(Job job)
    {
        var before = _jobs.GetValueOrDefault(job.Id);
        Put(_jobs, job.Id, job);
        var isSlotFreed = before?.State == JobState.Running && job.State != JobState.Running;
        _signal |= job.State == JobState.Pending || isSlotFreed ? StoreSignal.Jobs : StoreSignal.None;
        _signal |= job.ExpiresAt is not null && IsUnbegun(job) && !(before is not null && IsUnbegun(before)) ? StoreSignal.Expiries : StoreSignal.None;
        _signal |= job.IsEnded ? StoreSignal.Ended : StoreSignal.None;
        _signal |= job.CancelReason is not null && before?.CancelReason is null ? StoreSignal.Cancels : StoreSignal.None;
    }
}
