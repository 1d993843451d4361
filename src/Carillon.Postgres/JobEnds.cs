using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>The end of jobs: the row moves to the ended ones; dependents and the schedule that counts from the end are looked after.</summary>
internal static class JobEnds
{
    /// <summary>Ends <paramref name="before"/> as it stands (locked) in the table, writing <paramref name="job"/> with this state.</summary>
    public static async Task EndAsync(Transaction transaction, Job before, Job job, (JobState State, string? Reason) end, DateTimeOffset now) =>
        await LookAfterAsync(transaction, [await CloseAsync(transaction, before, job, end, now)], now);

    public static Task EndAsync(Transaction transaction, Job job, JobState state, string? reason, DateTimeOffset now) =>
        EndAsync(transaction, job, job, (state, reason), now);

    /// <summary>Tells the dependents of ended jobs, and theirs. Asked after the end was written: whoever came to depend on one before that has held its row.</summary>
    public static async Task LookAfterAsync(Transaction transaction, IEnumerable<Job> parents, DateTimeOffset now)
    {
        // A queue, not recursion: a chain of dependents may be longer than the stack is deep.
        var ended = new Queue<Job>(parents);
        while (ended.TryDequeue(out var parent))
        {
            foreach (var id in await JobAfterTable.FindDependentsAsync(transaction, parent.Id))
            {
                if (await JobTable.FindAsync(transaction, id) is { } child && !await TryMeetAsync(transaction, child, parent, now))
                {
                    ended.Enqueue(await CloseAsync(transaction, child, child, (JobState.Cancelled, "dependency"), now));
                }
            }
        }
    }

    /// <summary>False when the parent's end makes the child impossible.</summary>
    public static async Task<bool> TryMeetAsync(Transaction transaction, Job child, Job parent, DateTimeOffset now)
    {
        if (parent.State != JobState.Succeeded && child.After.Contains(new After(parent.Id, AfterCondition.Success)))
        {
            return false;
        }

        await JobAfterTable.MeetAsync(transaction, parent.Id, child.Id);
        if (child.State == JobState.Waiting && child.After.All(after => after.Job == parent.Id))
        {
            await JobTable.SaveAsync(transaction, child, child with { After = [], State = JobState.Pending, RunAt = child.RunAt > now ? child.RunAt : now });
        }

        return true;
    }

    /// <summary>A job that ends as it is made, without ever being live: it meets no other's key.</summary>
    public static Task InsertAsync(Transaction transaction, Job job, JobState state, string? reason, DateTimeOffset now) =>
        RecordAsync(transaction, Closed(job, state, reason, now), now);

    private static async Task<Job> CloseAsync(Transaction transaction, Job before, Job job, (JobState State, string? Reason) end, DateTimeOffset now)
    {
        var closed = Closed(job, end.State, end.Reason, now);
        await JobTable.DeleteAsync(transaction, before);
        if (before.State == JobState.Waiting)
        {
            await JobAfterTable.DeleteAsync(transaction, before.Id);
        }

        TellOfSlot(transaction, before.State == JobState.Running, before.ConcurrencyKey is not null);
        await RecordAsync(transaction, closed, now);
        return closed;
    }

    /// <summary>A slot came free: the node whose own it is knows that; others care only where a key or a limit over the cluster counts.</summary>
    public static void TellOfSlot(Transaction transaction, bool isFreed, bool isKeyed)
    {
        transaction.TellNear(isFreed && isKeyed ? StoreSignal.Jobs : StoreSignal.None);
        transaction.Tell(isFreed && transaction.Memory.IsLimited ? StoreSignal.Jobs : StoreSignal.None);
    }

    private static Job Closed(Job job, JobState state, string? reason, DateTimeOffset now) =>
        job with { State = state, Reason = reason, FinishedAt = now, CancelReason = null, After = [] };

    private static async Task RecordAsync(Transaction transaction, Job closed, DateTimeOffset now)
    {
        await DoneTable.InsertAsync(transaction, closed);
        transaction.Tell(StoreSignal.Ended);
        await ScheduleTable.WakeAsync(transaction, closed, now);
    }
}
