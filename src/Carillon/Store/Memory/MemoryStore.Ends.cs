namespace Carillon.Store.Memory;

// What the end of a job sets off, by whichever way it came: dependents, and the schedule that counts from it.
internal sealed partial class MemoryStore
{
    // A queue, not recursion: a chain of dependents may be longer than the stack is deep.
    private void End(Job job, JobState state, string? reason, DateTimeOffset now)
    {
        var ended = new Queue<Job>([Close(job, state, reason, now)]);
        while (ended.TryDequeue(out var parent))
        {
            foreach (var child in FindDependents(parent))
            {
                if (!TryMeet(child, parent, now))
                {
                    ended.Enqueue(Close(child, JobState.Cancelled, "dependency", now));
                }
            }
        }
    }

    private Job Close(Job job, JobState state, string? reason, DateTimeOffset now)
    {
        var closed = job with { State = state, Reason = reason, FinishedAt = now, CancelReason = null, After = [] };
        Save(closed);
        WakeSchedule(closed, now);
        return closed;
    }

    private List<Job> FindDependents(Job parent) =>
        [.. _jobs.Values.Where(job => job.State == JobState.Waiting && job.After.Any(after => after.Job == parent.Id)).OrderBy(job => job.Id)];

    /// <summary>False when the parent's end makes the child impossible.</summary>
    private bool TryMeet(Job child, Job parent, DateTimeOffset now)
    {
        if (parent.State != JobState.Succeeded && child.After.Contains(new After(parent.Id, AfterCondition.Success)))
        {
            return false;
        }

        var open = child.After.Where(after => after.Job != parent.Id).ToList();
        Save(open.Count > 0
            ? child with { After = open }
            : child with { After = [], State = JobState.Pending, RunAt = child.RunAt > now ? child.RunAt : now });
        return true;
    }

    private void WakeSchedule(Job job, DateTimeOffset now)
    {
        if (job is { Schedule: { } name, ScheduleDelay: { } delay }
            && _schedules.GetValueOrDefault(name) is { NextAt: null } schedule && MayFireAt(schedule, now + delay))
        {
            SaveSchedule(schedule with { NextAt = now + delay });
        }
    }

    private static bool MayFireAt(Schedule schedule, DateTimeOffset instant) =>
        schedule.Mode != ScheduleMode.Paused && !(schedule.EndAt < instant) && !(schedule.FiredCount >= schedule.MaxCount);
}
