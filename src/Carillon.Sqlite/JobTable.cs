using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The rows of live jobs, kept in step with the board: which lane each stands in, what runs, what is parked.</summary>
internal static class JobTable
{
    private const string InsertSql = $"insert into job ({JobRow.Columns}, lane) values ({JobRow.Parameters}, ?39)";

    private const string SaveSql = /*lang=sql*/ """
        update job
           set state = ?2, reason = ?3, attempt = ?4, owner_losses = ?5, run_at = ?6, is_delayed = ?7, started_at = ?8, node = ?9,
               token = ?10, error = ?11, progress = ?12, cancel_reason = ?13, lane = ?14
         where id = ?1
        """;

    // Only what a claim changes: the widest statement of a claim, once a job.
    private const string BeginSql = "update job set state = 1, lane = 0, attempt = ?2, token = ?3, started_at = ?4, node = ?5, node_token = ?6 where id = ?1";
    private const string ProgressSql = "update job set progress = ?2 where id = ?1";
    private const string LaneSql = "update job set lane = ?2 where id = ?1";
    private const string DeleteSql = "delete from job where id = ?1";
    private const string FindSql = $"select {JobRow.Columns} from job where id = ?1";
    private const string ExistsSql = "select exists (select 1 from job where id = ?1) or exists (select 1 from job_done where id = ?1)";

    /// <summary>There is such a job, live or ended. Ids are made in rising order, so nearly every new one is above all others and needs no look.</summary>
    public static bool Exists(Transaction transaction, Guid id)
    {
        if (id.CompareTo(transaction.Board.GreatestId) > 0)
        {
            return false;
        }

        using var row = transaction.Use(ExistsSql);
        return row.Set(1, id).Read() && row.Flag(0);
    }

    /// <summary>The live job with what it waits for.</summary>
    public static Job? Find(Transaction transaction, Guid id)
    {
        if (transaction.Board.FindRunning(id) is { } running)
        {
            return running.Job;
        }

        using var row = transaction.Use(FindSql);
        return row.Set(1, id).Read() ? JobAfterTable.Fill(transaction, JobRow.Read(row)) : null;
    }

    /// <summary>A new live job.</summary>
    public static void Insert(Transaction transaction, Job job)
    {
        using (var row = transaction.Use(InsertSql))
        {
            JobRow.Bind(row, job).Set(39, Place(transaction, job)).Run();
        }

        JobAfterTable.Insert(transaction, job);
        ForgetExpiry(transaction, job);
        JournalTable.Adopt(transaction, job.Id);
        Tell(transaction, null, job);
    }

    /// <summary>Writes what can change of a live job.</summary>
    public static void Save(Transaction transaction, Job before, Job job)
    {
        Leave(transaction, before, job.State);
        using (var row = transaction.Use(SaveSql))
        {
            row.Set(1, job.Id).Set(2, (long)job.State).Set(3, job.Reason).Set(4, (long)job.Attempt).Set(5, (long)job.OwnerLosses)
                .Set(6, job.RunAt).Set(7, job.IsDelayed).Set(8, job.StartedAt).Set(9, job.Node).Set(10, job.Token)
                .Set(11, job.Error).Set(12, job.Progress).Set(13, job.CancelReason).Set(14, Place(transaction, job)).Run();
        }

        if (job.State == JobState.Running)
        {
            transaction.Board.Put(transaction.Board.FindRunning(job.Id)! with { Job = job });
        }

        Unpark(transaction, before);
        Tell(transaction, before, job);
    }

    /// <summary>A pending job runs.</summary>
    public static void Begin(Transaction transaction, RunningJob begun)
    {
        var job = begun.Job;
        using (var row = transaction.Use(BeginSql))
        {
            row.Set(1, job.Id).Set(2, (long)job.Attempt).Set(3, job.Token).Set(4, job.StartedAt).Set(5, job.Node).Set(6, begun.NodeToken).Run();
        }

        transaction.Board.Put(begun);
        ForgetExpiry(transaction, job);
    }

    public static void SaveProgress(Transaction transaction, RunningJob running)
    {
        using (var row = transaction.Use(ProgressSql))
        {
            row.Set(1, running.Job.Id).Set(2, running.Job.Progress).Run();
        }

        transaction.Board.Put(running);
    }

    /// <summary>Takes the row of a job away; it goes to the ended ones.</summary>
    public static void Delete(Transaction transaction, Job before)
    {
        Leave(transaction, before, null);
        using (var row = transaction.Use(DeleteSql))
        {
            row.Set(1, before.Id).Run();
        }

        Unpark(transaction, before);
    }

    /// <summary>A claim met a job whose key is busy: no further claim shall meet it before the key is free.</summary>
    public static void Park(Transaction transaction, Guid id, Lane lane)
    {
        using var row = transaction.Use(LaneSql);
        row.Set(1, id).Set(2, -lane.Id).Run();
    }

    private static void Leave(Transaction transaction, Job before, JobState? next)
    {
        ForgetExpiry(transaction, before);
        if (before.State == JobState.Running && next != JobState.Running)
        {
            transaction.Board.Free(before);
        }
        else if (before.State == JobState.Pending)
        {
            transaction.Board.FindLane(before)?.Leave(Native.Instants.ToTicks(before.RunAt));
        }
    }

    // The next purge looks when the next one expires.
    private static void ForgetExpiry(Transaction transaction, Job job)
    {
        if (job.ExpiresAt is not null)
        {
            transaction.Board.PurgeRest = null;
        }
    }

    private static long? Place(Transaction transaction, Job job) => job.State switch
    {
        JobState.Running => 0,
        JobState.Pending => PlacePending(transaction, job),
        _ => null,
    };

    private static long PlacePending(Transaction transaction, Job job)
    {
        var lane = LaneTable.Of(transaction, job);
        if (transaction.Board.IsBusy(job.ConcurrencyKey))
        {
            return -lane.Id;
        }

        lane.Offer(Native.Instants.ToTicks(job.RunAt), job.ConcurrencyKey);
        return lane.Id;
    }

    // Whatever made this one leave, another of its key may be the next now.
    private static void Unpark(Transaction transaction, Job before)
    {
        if (before is { ConcurrencyKey: { } key, State: JobState.Running or JobState.Pending })
        {
            LaneTable.Unpark(transaction, key);
        }
    }

    private static void Tell(Transaction transaction, Job? before, Job job)
    {
        var isSlotFreed = before?.State == JobState.Running && job.State != JobState.Running;
        transaction.Tell(job.State == JobState.Pending || isSlotFreed ? StoreSignal.Jobs : StoreSignal.None);
        if (job is { ExpiresAt: { } expiresAt, State: JobState.Pending or JobState.Waiting } && before?.State is not (JobState.Pending or JobState.Waiting))
        {
            transaction.Board.ExpiresFrom = expiresAt < transaction.Board.ExpiresFrom ? expiresAt : transaction.Board.ExpiresFrom;
            transaction.Tell(StoreSignal.Expiries);
        }

        transaction.Tell(job.CancelReason is not null && before?.CancelReason is null ? StoreSignal.Cancels : StoreSignal.None);
    }
}
