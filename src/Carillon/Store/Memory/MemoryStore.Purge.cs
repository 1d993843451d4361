namespace Carillon.Store.Memory;

// What time takes away.
internal sealed partial class MemoryStore
{
    public Task<PurgeResult> PurgeAsync(Retention retention, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => Purge(retention, limit, now), cancellationToken);

    private PurgeResult Purge(Retention retention, int limit, DateTimeOffset now)
    {
        var expired = ExpireJobs(limit, now);
        var removed = PurgeJobs(retention, limit - expired, now);
        removed += PurgeJournal(retention, limit - expired - removed, now);
        ForgetBuckets(full => full.FullAt <= now);
        return new PurgeResult(removed, expired, Unbegun().Min(job => job.ExpiresAt));
    }

    private IEnumerable<Job> Unbegun() => _jobs.Values.Where(IsUnbegun);

    private static bool IsUnbegun(Job job) => job.State is JobState.Pending or JobState.Waiting;

    private int ExpireJobs(int limit, DateTimeOffset now)
    {
        var expired = Unbegun().Where(job => job.ExpiresAt <= now).OrderBy(job => job.ExpiresAt).ThenBy(job => job.Id).Take(limit).Select(job => job.Id).ToList();
        foreach (var id in expired)
        {
            // One that waited for another expired one is cancelled by that one's end: the first cause stands.
            if (!_jobs[id].IsEnded)
            {
                End(_jobs[id], JobState.Cancelled, "expired", now);
            }
        }

        return expired.Count;
    }

    private int PurgeJobs(Retention retention, int limit, DateTimeOffset now)
    {
        var old = _jobs.Values.Where(job => job.IsEnded && !HoldsKey(job, now) && now - job.FinishedAt >= KeepOf(job, retention))
            .OrderBy(job => job.FinishedAt).Take(limit).Select(job => job.Id).ToHashSet();
        DeleteJobs(old);
        return old.Count;
    }

    private static TimeSpan KeepOf(Job job, Retention retention) => job.State != JobState.Dead ? job.KeepFor ?? retention.Finished
        : job.KeepFor > retention.Dead ? job.KeepFor.Value
        : retention.Dead;

    // A bucket that is full is as good as none.
    private void ForgetBuckets(Func<SpentBucket, bool> which)
    {
        foreach (var (bucket, _) in _buckets.Where(pair => which(new SpentBucket(pair.Key, pair.Value))).ToList())
        {
            Remove(_buckets, bucket);
        }
    }

    // A job's own entries go with the job.
    private int PurgeJournal(Retention retention, int limit, DateTimeOffset now)
    {
        var jobs = _jobs.Keys.Select(Subject.Of).ToHashSet();
        var old = _journal.Values.Where(entry => now - entry.At >= retention.Journal && !jobs.Contains(entry.Subject)).Take(limit).ToList();
        RemoveEntries(old);
        return old.Count;
    }
}
