using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>The rows of live jobs. Whoever changes one has locked it first, so what was read of it stands.</summary>
internal static class JobTable
{
    private const string InsertSql = $"insert into carillon.job ({JobRow.Columns}, lane) values ({JobRow.Parameters}, $39) on conflict do nothing";

    private const string SaveSql = /*lang=sql*/ """
        update carillon.job
           set state = $2, reason = $3, attempt = $4, owner_losses = $5, run_at = $6, is_delayed = $7, started_at = $8, node = $9,
               token = $10, error = $11, progress = $12, cancel_reason = $13, lane = $14, batch = case when $2 = 1 then batch end
         where id = $1
        """;

    // A row that somebody has is ending, perhaps in a handler's own transaction: the heartbeat must not wait for that.
    private const string ProgressSql = /*lang=sql*/ """
        update carillon.job set progress = $3
         where id = (select j.id from carillon.job j where j.id = $1 and j.token = $2 and j.state = 1 for no key update skip locked)
        """;

    private const string LeaveBatchSql = "select carillon.leave_batches($1)";
    private const string DeleteSql = "delete from carillon.job where id = $1";
    private const string FindSql = $"select {JobRow.Columns} from carillon.job where id = $1 for update";

    // Against the end of the job in another transaction: it waits for this one, and then finds who depends on it.
    private const string HoldSql = "select id from carillon.job where id = any ($1) order by id for key share";

    private const string ExistsSql = /*lang=sql*/ """
        select exists (select 1 from carillon.job where id = $1) or exists (select 1 from carillon.job_done where id = $1)
        """;

    /// <summary>There is such a job, live or ended.</summary>
    public static async Task<bool> ExistsAsync(Transaction transaction, Guid id) =>
        await transaction.Use(ExistsSql).Set(id).IsTrueAsync();

    /// <summary>Those of the jobs that live; none of them ends before this transaction does.</summary>
    public static Task<List<Guid>> HoldAsync(Transaction transaction, IEnumerable<Guid> ids) =>
        transaction.Use(HoldSql).SetAll(ids.ToArray(), NpgsqlTypes.NpgsqlDbType.Uuid).ListAsync(row => row.Id(0));

    /// <summary>The live job with what it waits for; locked.</summary>
    public static async Task<Job?> FindAsync(Transaction transaction, Guid id)
    {
        var job = await transaction.Use(FindSql).Set(id).FirstAsync(JobRow.Read);
        return job is null ? null : await JobAfterTable.FillAsync(transaction, job);
    }

    /// <summary>A new live job; false when one with its id or its key is there.</summary>
    public static async Task<bool> TryInsertAsync(Transaction transaction, Job job)
    {
        var lane = await PlaceAsync(transaction, job);
        if (await JobRow.Bind(transaction.Use(InsertSql), job).Set(lane).RunAsync() == 0)
        {
            return false;
        }

        await JobAfterTable.InsertAsync(transaction, job);
        Tell(transaction, null, job);
        return true;
    }

    /// <summary>Writes what can change of a live job.</summary>
    public static async Task SaveAsync(Transaction transaction, Job before, Job job)
    {
        await LeaveBatchAsync(transaction, before, job.State);
        await transaction.Use(SaveSql).Set(job.Id).Set((int)job.State).Set(job.Reason).Set(job.Attempt).Set(job.OwnerLosses)
            .Set(job.RunAt).Set(job.IsDelayed).Set(job.StartedAt).Set(job.Node).Set(job.Token)
            .Set(job.Error).Set(job.Progress).Set(job.CancelReason).Set(await PlaceAsync(transaction, job)).RunAsync();
        await LeaveAsync(transaction, before, job.State);
        Tell(transaction, before, job);
    }

    public static async Task<bool> TrySaveProgressAsync(Transaction transaction, Guid id, long token, double progress) =>
        await transaction.Use(ProgressSql).Set(id).Set(token).Set(progress).RunAsync() > 0;

    /// <summary>Takes the row of a job away; it goes to the ended ones.</summary>
    public static async Task DeleteAsync(Transaction transaction, Job before)
    {
        await LeaveBatchAsync(transaction, before, null);
        await transaction.Use(DeleteSql).Set(before.Id).RunAsync();
        await LeaveAsync(transaction, before, null);
    }

    // Before the row says that it does not run: what runs is counted by its claim's batch.
    private static Task LeaveBatchAsync(Transaction transaction, Job before, JobState? next) =>
        before.State == JobState.Running && next != JobState.Running
            ? transaction.Use(LeaveBatchSql).SetAll([before.Id], NpgsqlTypes.NpgsqlDbType.Uuid).RunAsync()
            : Task.CompletedTask;

    // Whatever made this one leave, another of its key may be the next now. The key's row first: it waits for claims that are parking.
    private static async Task LeaveAsync(Transaction transaction, Job before, JobState? next)
    {
        if (before is not { ConcurrencyKey: { } key, State: JobState.Running or JobState.Pending } || (before.State, next) is (JobState.Running, JobState.Running))
        {
            return;
        }

        if (before.State == JobState.Running)
        {
            await BusyKeyTable.FreeAsync(transaction, [before.Id], [key]);
        }

        await LaneTable.UnparkAsync(transaction, [key]);
    }

    // A job whose key is busy stands in its lane too: the first claim that meets it parks it.
    private static async Task<int?> PlaceAsync(Transaction transaction, Job job) => job.State switch
    {
        JobState.Running or JobState.Pending => await LaneTable.OfAsync(transaction, job),
        _ => null,
    };

    private static void Tell(Transaction transaction, Job? before, Job job)
    {
        var isSlotFreed = before?.State == JobState.Running && job.State != JobState.Running;
        transaction.Tell(job.State == JobState.Pending || isSlotFreed ? StoreSignal.Jobs : StoreSignal.None);
        transaction.Tell(job.ExpiresAt is not null && IsUnbegun(job) && !(before is not null && IsUnbegun(before)) ? StoreSignal.Expiries : StoreSignal.None);
        transaction.Tell(job.CancelReason is not null && before?.CancelReason is null ? StoreSignal.Cancels : StoreSignal.None);
    }

    private static bool IsUnbegun(Job job) => job.State is JobState.Pending or JobState.Waiting;
}
