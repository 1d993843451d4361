using System.Globalization;
using Carillon.Store;

namespace Carillon.Insights;

/// <summary>Says why a job that has not begun waits: pure, computed on read and never written, for it changes without the job changing.</summary>
internal static class WaitRule
{
    /// <summary>Null when the job has begun or ended, or is about to be claimed.</summary>
    public static WaitReason? Decide(Job job, Situation situation) => job.State switch
    {
        JobState.Waiting => Dependency(job),
        JobState.Pending => NotDue(job, situation) ?? NoHandler(job, situation) ?? UnservedQueue(job, situation) ?? Queue(job, situation) ?? Handler(job, situation) ?? Key(job, situation) ?? Rate(job, situation) ?? Slot(job, situation),
        _ => null,
    };

    private static WaitReason Dependency(Job job) =>
        new(WaitReason.Dependency, $"waits for the end of {string.Join(", ", job.After.Take(5).Select(after => after.Job))}{(job.After.Count > 5 ? $" and {job.After.Count - 5} more" : "")}");

    private static WaitReason? NotDue(Job job, Situation situation)
    {
        if (job.RunAt <= situation.Now)
        {
            return null;
        }

        var what = job.Attempt > 0 ? $"attempt {job.Attempt + 1} is due" : "due";
        return new WaitReason(WaitReason.NotDue, string.Create(CultureInfo.InvariantCulture, $"{what} at {job.RunAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"));
    }

    private static WaitReason? NoHandler(Job job, Situation situation)
    {
        if (situation.Nodes.Any(node => node.Has(job.Handler)))
        {
            return null;
        }

        var drained = string.Join(", ", situation.Drained.Where(node => node.Has(job.Handler)).Select(node => node.Node));
        return new WaitReason(WaitReason.NoHandler, drained.Length > 0
            ? $"the live nodes that have a handler named '{job.Handler}' are drained ({drained}); resume one or start another"
            : $"no live node has a handler named '{job.Handler}'; start one that has, or cancel the job");
    }

    private static WaitReason? UnservedQueue(Job job, Situation situation)
    {
        if (situation.Nodes.Any(node => node.Serves(job.Handler, job.Queue)))
        {
            return null;
        }

        var served = situation.Nodes.Where(node => node.Has(job.Handler)).SelectMany(node => node.Queues ?? []).Distinct().Order(StringComparer.Ordinal);
        return new WaitReason(WaitReason.UnservedQueue, $"no live node with '{job.Handler}' serves queue '{job.Queue}'; they serve {string.Join(", ", served)}. Start one with --queues {job.Queue}");
    }

    private static WaitReason? Queue(Job job, Situation situation)
    {
        var settings = situation.Queues.GetValueOrDefault(job.Queue);
        if (settings is { IsPaused: true })
        {
            return new WaitReason(WaitReason.PausedQueue, $"queue '{job.Queue}' was paused by {settings.PausedBy ?? "somebody"}{(settings.PauseReason is { } reason ? $": {reason}" : "")}");
        }

        var running = situation.RunningIn(job.Queue);
        return settings?.MaxConcurrent is { } limit && running >= limit
            ? new WaitReason(WaitReason.QueueLimit, $"queue '{job.Queue}' runs {running} of at most {limit} jobs")
            : null;
    }

    private static WaitReason? Handler(Job job, Situation situation)
    {
        var limit = situation.Nodes.SelectMany(node => node.Handlers).Where(handler => handler.Name == job.Handler).Min(handler => handler.MaxConcurrent);
        var running = situation.RunningOf(job.Handler);
        return running >= limit ? new WaitReason(WaitReason.HandlerLimit, $"handler '{job.Handler}' runs {running} of at most {limit} jobs") : null;
    }

    private static WaitReason? Key(Job job, Situation situation) => job.ConcurrencyKey is { } key && situation.Summary.BusyKeys.Contains(key)
        ? new WaitReason(WaitReason.ConcurrencyKey, $"another job with the concurrency key '{key}' runs")
        : null;

    // The later one of the queue's and the group's: that one is waited for.
    private static WaitReason? Rate(Job job, Situation situation)
    {
        if (situation.Queues.GetValueOrDefault(job.Queue) is not { } settings)
        {
            return null;
        }

        var (queue, group) = (new Bucket(job.Queue, null), new Bucket(job.Queue, job.Group ?? ""));
        var (bucket, at) = situation.NextStartOf(queue, settings) is var whole && situation.NextStartOf(group, settings) is var part && part > whole ? (group, part) : (queue, whole);
        var whose = bucket.Group is null ? $"queue '{job.Queue}'" : job.Group is null ? $"the jobs without a group of queue '{job.Queue}'" : $"group '{job.Group}' of queue '{job.Queue}'";
        return at > situation.Now
            ? new WaitReason(WaitReason.RateLimit, string.Create(CultureInfo.InvariantCulture, $"rate limit {Wording.Rate(settings.RateOf(bucket)!)} of {whose}: next start at {at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"))
            : null;
    }

    // Counted over the whole cluster: the summary does not tell nodes apart.
    private static WaitReason? Slot(Job job, Situation situation)
    {
        var slots = situation.Nodes.Where(node => node.Serves(job.Handler, job.Queue)).Sum(node => node.Slots);
        return situation.RunningInAll >= slots ? new WaitReason(WaitReason.NoFreeSlot, $"all {slots} slots of the nodes that have '{job.Handler}' are busy") : null;
    }
}
