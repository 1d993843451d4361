using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>One claim: the database's function picks the jobs (Schema/0001.up.sql says how); here they are put in order.</summary>
internal static class Claiming
{
    // Expired jobs are ended in pieces, so that no claim takes long.
    private const int MostExpired = 500;

    // Jobs are due, but other claims have them locked: they are gone, or free again, in a moment.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private const string ClaimSql = $"select {JobRow.Columns} from carillon.claim($1, $2, $3, $4, $5, $6, $7)";
    private const string RestSql = "select is_held, next_at, is_limited, has_expired from carillon.claim_rest($1, $2, $3, $4, $5, $6)";

    public static async Task<ClaimBatch> ClaimAsync(Transaction transaction, ClaimRequest request, DateTimeOffset now)
    {
        var jobs = await TakeAsync(transaction, request, request.Limit, now);
        var rest = await AskAsync(transaction, request, now);
        while (rest.HasExpired && await Purging.ExpireDueAsync(transaction, MostExpired, now) > 0)
        {
            jobs.AddRange(await TakeAsync(transaction, request, request.Limit - jobs.Count, now));
            rest = await AskAsync(transaction, request, now);
        }

        transaction.Memory.IsLimited |= rest.IsLimited;
        if (!rest.IsHeld)
        {
            return new ClaimBatch([], null, IsNodeLost: true);
        }

        jobs.Sort((one, other) => Rank(one).CompareTo(Rank(other)));
        return new ClaimBatch(jobs, jobs.Count < request.Limit && rest.NextAt <= now ? now + Moment : rest.NextAt);
    }

    // Priority buys a minute a point: whoever waits that much longer overtakes, so none starves.
    private static (long, Guid) Rank(Job job) => (Instants.ToTicks(job.RunAt) - (TimeSpan.TicksPerMinute * job.Priority), job.Id);

    private static Task<List<Job>> TakeAsync(Transaction transaction, ClaimRequest request, int limit, DateTimeOffset now) =>
        limit <= 0
            ? Task.FromResult(new List<Job>())
            : BindScope(transaction.Use(ClaimSql).Set(request.Node).Set(request.NodeToken).Set(limit), request).Set(now).ListAsync(JobRow.Read);

    private static Task<ClaimRest> AskAsync(Transaction transaction, ClaimRequest request, DateTimeOffset now) =>
        BindScope(transaction.Use(RestSql).Set(request.Node).Set(request.NodeToken), request).Set(now)
            .FirstAsync(row => new ClaimRest(row.GetBoolean(0), row.InstantOrNull(1), !row.IsDBNull(2) && row.GetBoolean(2), !row.IsDBNull(3) && row.GetBoolean(3)));

    private static Statement BindScope(Statement statement, ClaimRequest request)
    {
        var handlers = request.Handlers.ToArray();
        return statement
            .SetAll(Array.ConvertAll(handlers, handler => handler.Key), NpgsqlDbType.Text)
            .SetAll(Array.ConvertAll(handlers, handler => handler.Value), NpgsqlDbType.Integer)
            .SetAll(request.Queues?.ToArray(), NpgsqlDbType.Text);
    }

    private readonly record struct ClaimRest(bool IsHeld, DateTimeOffset? NextAt, bool IsLimited, bool HasExpired);
}
