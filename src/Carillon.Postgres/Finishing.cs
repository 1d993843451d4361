using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>How an attempt ends, by its own report or by the loss of its node. Plain successes go all at once (<see cref="FinishedJobs"/>).</summary>
internal static class Finishing
{
    // The fence: a claim that was taken back, and perhaps given to another, has another token.
    private const string ClaimedSql = $"select {JobRow.Columns} from carillon.job where id = $1 and token = $2 and node = $3 and state = 1 for update";

    private const string IsLost = "not exists (select 1 from carillon.lease l where l.name = 'node/' || b.node and l.token = b.node_token and l.until > $1)";

    // A row that somebody has is ending, perhaps in a handler's own transaction: if it does not, it is found the next time.
    private const string LostSql = $"""
        select {JobRow.Columns} from carillon.job j
         where j.state = 1
           and j.id = any (array(select unnest(b.jobs) from carillon.claim_batch b where {IsLost}))
           and j.batch = any (array(select b.id from carillon.claim_batch b where {IsLost}))
         order by j.id for update skip locked
        """;

    private const string UnknownSql = $"""
        select {JobRow.Columns} from carillon.job j
         where j.state = 1 and j.node = $1 and j.id = any (array(select unnest(b.jobs) from carillon.claim_batch b where b.node = $1))
           and not exists (select 1 from unnest($2::uuid[], $3::bigint[]) known (id, token) where known.id = j.id and known.token = j.token)
         order by j.id for update
        """;

    private const string PatienceSql = "set local lock_timeout = '1s'";
    private const string BeforeSql = "savepoint before_unknown";
    private const string BackSql = "rollback to savepoint before_unknown";

    public static async Task<IReadOnlyList<bool>> FinishAllAsync(Transaction transaction, IReadOnlyList<Finish> finishes, DateTimeOffset now)
    {
        var results = new bool[finishes.Count];
        await BusyKeyTable.LockAsync(transaction, finishes.Select(finish => finish.Job.ConcurrencyKey));
        var rest = await FinishedJobs.FinishAsync(transaction, finishes, results, now);
        foreach (var i in rest)
        {
            results[i] = await TryFinishAsync(transaction, finishes[i], now);
        }

        return results;
    }

    public static async Task<IReadOnlyList<Guid>> ReclaimAsync(Transaction transaction, DateTimeOffset now)
    {
        var lost = await transaction.Use(LostSql).Set(now).ListAsync(JobRow.Read);
        await BusyKeyTable.LockAsync(transaction, lost.Select(job => job.ConcurrencyKey));
        foreach (var job in lost)
        {
            await JournalTable.AppendAttemptAsync(transaction, job.Id, AttemptFact.OwnerLost(job, now));
            await WriteAsync(transaction, job, OwnerLoss.Lost(job, now), now);
        }

        return lost.ConvertAll(job => job.Id);
    }

    public static async Task<IReadOnlyList<Guid>> ReturnAsync(Transaction transaction, string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now)
    {
        var unknown = await ListUnknownAsync(transaction, node, known);
        await BusyKeyTable.LockAsync(transaction, unknown.Select(job => job.ConcurrencyKey));
        foreach (var job in unknown)
        {
            await WriteAsync(transaction, job, OwnerLoss.Returned(job), now);
        }

        return unknown.ConvertAll(job => job.Id);
    }

    // Waited for, as nobody asks again: who comes to depend on such a job, say, has its row for a moment. Not for ever: at a shutdown a handler's own
    // transaction may have one, which ends with it, or is left to the loss of this node.
    private static async Task<List<Job>> ListUnknownAsync(Transaction transaction, string node, IReadOnlySet<(Guid Job, long Token)> known)
    {
        await transaction.Use(PatienceSql).RunAsync();
        await transaction.Use(BeforeSql).RunAsync();
        try
        {
            return await ListAsync(UnknownSql);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await transaction.Use(BackSql).RunAsync();
            return await ListAsync(UnknownSql + " skip locked");
        }

        Task<List<Job>> ListAsync(string sql) => transaction.Use(sql).Set(node)
            .SetAll(known.Select(claim => claim.Job).ToArray(), NpgsqlDbType.Uuid).SetAll(known.Select(claim => claim.Token).ToArray(), NpgsqlDbType.Bigint)
            .ListAsync(JobRow.Read);
    }

    private static async Task<bool> TryFinishAsync(Transaction transaction, Finish finish, DateTimeOffset now)
    {
        if (await transaction.Use(ClaimedSql).Set(finish.Job.Id).Set(finish.Job.Token).Set(finish.Job.Node).FirstAsync(JobRow.Read) is not { } before)
        {
            return false;
        }

        var effect = finish.On(before);
        await JournalTable.AppendAllAsync(transaction, finish.Facts, before.Id);
        if (effect.Fact is { } fact)
        {
            await JournalTable.AppendAttemptAsync(transaction, before.Id, fact);
        }

        await WriteAsync(transaction, before, effect.Job, now);
        foreach (var asked in effect.Then)
        {
            await Enqueuing.FollowAsync(transaction, asked, now);
        }

        return true;
    }

    private static Task WriteAsync(Transaction transaction, Job before, Job after, DateTimeOffset now) =>
        after.IsEnded ? JobEnds.EndAsync(transaction, before, after, (after.State, after.Reason), now) : JobTable.SaveAsync(transaction, before, after);
}
