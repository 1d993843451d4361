using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The end of jobs: the row moves to the ended ones; dependents and the schedule that counts from the end are looked after.</summary>
internal static class JobEnds
{
    private const string InsertSql = $"insert into job_done ({JobRow.Columns}, key_until, keep_until) values ({JobRow.Parameters}, ?39, ?40)";

    /// <summary>Ends <paramref name="before"/> as it stands in the file, writing <paramref name="job"/> with this state.</summary>
    public static void End(Transaction transaction, Job before, Job job, JobState state, string? reason, DateTimeOffset now)
    {
        // A queue, not recursion: a chain of dependents may be longer than the stack is deep.
        var ended = new Queue<Job>([Close(transaction, before, job, state, reason, now)]);
        while (ended.TryDequeue(out var parent))
        {
            foreach (var id in JobAfterTable.FindDependents(transaction, parent.Id))
            {
                var child = JobTable.Find(transaction, id)!;
                if (!TryMeet(transaction, child, parent, now))
                {
                    ended.Enqueue(Close(transaction, child, child, JobState.Cancelled, "dependency", now));
                }
            }
        }
    }

    public static void End(Transaction transaction, Job job, JobState state, string? reason, DateTimeOffset now) =>
        End(transaction, job, job, state, reason, now);

    /// <summary>False when the parent's end makes the child impossible.</summary>
    public static bool TryMeet(Transaction transaction, Job child, Job parent, DateTimeOffset now)
    {
        if (parent.State != JobState.Succeeded && child.After.Contains(new After(parent.Id, AfterCondition.Success)))
        {
            return false;
        }

        JobAfterTable.Meet(transaction, parent.Id, child.Id);
        if (child.After.All(after => after.Job == parent.Id))
        {
            JobTable.Save(transaction, child, child with { After = [], State = JobState.Pending, RunAt = child.RunAt > now ? child.RunAt : now });
        }

        return true;
    }

    /// <summary>A job that ends as it is made, without ever being live: it meets no other's key.</summary>
    public static void Insert(Transaction transaction, Job job, JobState state, string? reason, DateTimeOffset now)
    {
        JournalTable.Adopt(transaction, job.Id);
        Record(transaction, Closed(job, state, reason, now), now);
    }

    private static Job Close(Transaction transaction, Job before, Job job, JobState state, string? reason, DateTimeOffset now)
    {
        var closed = Closed(job, state, reason, now);
        JobTable.Delete(transaction, before);
        if (before.State == JobState.Waiting)
        {
            JobAfterTable.Delete(transaction, before.Id);
        }

        transaction.Tell(before.State == JobState.Running ? StoreSignal.Jobs : StoreSignal.None);
        Record(transaction, closed, now);
        return closed;
    }

    private static Job Closed(Job job, JobState state, string? reason, DateTimeOffset now) =>
        job with { State = state, Reason = reason, FinishedAt = now, CancelReason = null, After = [] };

    private static void Record(Transaction transaction, Job closed, DateTimeOffset now)
    {
        using (var row = transaction.Use(InsertSql))
        {
            JobRow.Bind(row, closed).Set(39, KeyUntil(closed)).Set(40, Purging.KeepUntil(closed)).Run();
        }

        Purging.NoteEnd(transaction, closed);
        transaction.Tell(StoreSignal.Ended);
        ScheduleTable.Wake(transaction, closed, now);
    }

    private static long? KeyUntil(Job job) =>
        job.Key is null || job.KeyHold <= TimeSpan.Zero ? null : Instants.Add(Instants.ToTicks(job.FinishedAt!.Value), job.KeyHold);
}
