using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>One claim: the database's function picks the jobs (Schema/0001.up.sql says how); here they are put in order.</summary>
internal static class Claiming
{
    // Jobs are due, but other claims have them locked: they are gone, or free again, in a moment.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private const string ClaimSql = $"select {JobRow.Columns} from carillon.claim($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    private const string RestSql = "select is_held, next_at, is_limited, has_expired, is_next_lost from carillon.claim_rest($1, $2, $3, $4, $5, $6)";

    public static async Task<ClaimBatch> ClaimAsync(Transaction transaction, ClaimRequest request, DateTimeOffset now)
    {
        // Where jobs have expired the function gives none: they are cancelled first, and it is asked again.
        var jobs = await TakeAsync(transaction, request, now, isExpired: false);
        var rest = await AskAsync(transaction, request, now);
        if (rest.HasExpired)
        {
            await Purging.ExpireAsync(transaction, ClaimRequest.MostExpired, now);
            jobs = await TakeAsync(transaction, request, now, isExpired: true);
            rest = await AskAsync(transaction, request, now);
        }

        transaction.Memory.IsLimited |= rest.IsLimited;
        if (!rest.IsHeld)
        {
            return new ClaimBatch([], null, IsNodeLost: true);
        }

        jobs.Sort((one, other) => Rank(one).CompareTo(Rank(other)));
        var isSlotWanted = rest.IsNextLost && jobs.Count < request.Limit && jobs.Count >= request.Slots;
        var isLocked = !isSlotWanted && jobs.Count < request.Limit && rest.NextAt <= now;
        return new ClaimBatch(jobs, isLocked ? now + Moment : rest.NextAt, IsSlotWanted: isSlotWanted);
    }

    // Priority buys a minute a point: whoever waits that much longer overtakes, so none starves.
    private static (long, Guid) Rank(Job job) => (Instants.ToTicks(job.RunAt) - (TimeSpan.TicksPerMinute * job.Priority), job.Id);

    private static Task<List<Job>> TakeAsync(Transaction transaction, ClaimRequest request, DateTimeOffset now, bool isExpired) =>
        request.Limit <= 0
            ? Task.FromResult(new List<Job>())
            : BindScope(transaction.Use(ClaimSql).Set(request.Node).Set(request.NodeToken).Set(request.Limit), request)
                .Set(now).Set(request.Slots).Set(isExpired).ListAsync(JobRow.Read);

    private static Task<ClaimRest> AskAsync(Transaction transaction, ClaimRequest request, DateTimeOffset now) =>
        BindScope(transaction.Use(RestSql).Set(request.Node).Set(request.NodeToken), request).Set(now)
            .FirstAsync(row => new ClaimRest(row.GetBoolean(0), row.InstantOrNull(1), IsTrue(row, 2), IsTrue(row, 3), IsTrue(row, 4)));

    private static bool IsTrue(NpgsqlDataReader row, int column) => !row.IsDBNull(column) && row.GetBoolean(column);

    private static Statement BindScope(Statement statement, ClaimRequest request)
    {
        var handlers = request.Handlers.ToArray();
        return statement
            .SetAll(Array.ConvertAll(handlers, handler => handler.Key), NpgsqlDbType.Text)
            .SetAll(Array.ConvertAll(handlers, handler => handler.Value), NpgsqlDbType.Integer)
            .SetAll(request.Queues?.ToArray(), NpgsqlDbType.Text);
    }

    private readonly record struct ClaimRest(bool IsHeld, DateTimeOffset? NextAt, bool IsLimited, bool HasExpired, bool IsNextLost);
}
