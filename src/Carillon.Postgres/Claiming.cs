using System.Diagnostics;
using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>One claim: the database's functions pick the jobs (Schema/0001.up.sql says how), in one round trip; here they are put in order.</summary>
internal static class Claiming
{
    // Jobs are due, but other claims have them locked: they are gone, or free again, in a moment.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    // With the rest asked for the last row is no job but says what else there is to know.
    private const string ClaimSql = $"select {ClaimedRow.Columns} from carillon.claim($1, $2, $7, $3, $4, $5, $6, $9, $10, $8, $11)";

    public static async Task<ClaimBatch> ClaimAsync(Connections connections, ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (frontier, began) = (connections.Memory.Frontier, Stopwatch.GetTimestamp());
        var since = frontier.Since;
        var isFlooded = frontier.IsFlooded && request.Limit >= Frontier.Flood;
        var (jobs, rest) = await AskAsync(connections, request, new Ask(now, since, IsRestAsked: !isFlooded), cancellationToken);

        // Where groups take turns the last job's rank says nothing of what is left below it.
        frontier.Advance(jobs.IsByTurns ? [] : jobs.Jobs, request.Limit, since, Stopwatch.GetElapsedTime(began));
        if (rest is null && frontier.IsFlooded)
        {
            return new ClaimBatch(jobs.Jobs, now);
        }

        rest ??= (await AskAsync(connections, request with { Limit = 0 }, new Ask(now, since), cancellationToken)).State;
        if (rest!.Value.HasExpired && jobs.Jobs.Count == 0)
        {
            // None was given: what has expired is cancelled first, and it is asked again. Where jobs were given it expired since, and the next claim sees it.
            await connections.WriteAsync(transaction => Purging.ExpireAsync(transaction, ClaimRequest.MostExpired, now), cancellationToken);
            (jobs, rest) = await AskAsync(connections, request, new Ask(now, since, IsExpired: true), cancellationToken);
        }

        var batch = ToBatch(connections, request, jobs, rest!.Value, now);
        return frontier.LookAgainIn(since) is { } pause && !(batch.NextDueAt <= now + pause) ? batch with { NextDueAt = now + pause } : batch;
    }

    /// <summary>The statement of a claim and its rows, as part of a transaction.</summary>
    public static async Task<List<ClaimedRow>> RehearseAsync(Transaction transaction, ClaimRequest request, DateTimeOffset now)
    {
        var rows = await Bind(transaction, request, new Ask(now, Frontier.Beginning)).ListAsync(ClaimedRow.Read);
        rows.RemoveAll(row => row.Job is null);
        return rows;
    }

    private static ClaimBatch ToBatch(Connections connections, ClaimRequest request, Claimed claimed, ClaimRest rest, DateTimeOffset now)
    {
        connections.Memory.IsLimited |= rest.IsLimited;
        if (!rest.IsHeld)
        {
            return new ClaimBatch([], null, IsNodeLost: true);
        }

        var jobs = claimed.Jobs;
        var isSlotWanted = (claimed.IsOver || rest.IsNextLost) && jobs.Count < request.Limit && jobs.Count >= request.Slots;
        var isLocked = !isSlotWanted && jobs.Count < request.Limit && rest.NextAt <= now;
        return new ClaimBatch(jobs, isLocked ? now + Moment : rest.NextAt, IsSlotWanted: isSlotWanted);
    }

    private static (int, long, Guid) Rank((int? Place, Job Job) row) => (row.Place ?? 0, RankOf(row.Job), row.Job.Id);

    /// <summary>Priority buys a minute a point: whoever waits that much longer overtakes, so none starves.</summary>
    public static long RankOf(Job job) => Instants.ToTicks(job.RunAt) - (TimeSpan.TicksPerMinute * job.Priority);

    private static async Task<(Claimed Jobs, ClaimRest? State)> AskAsync(Connections connections, ClaimRequest request, Ask ask, CancellationToken cancellationToken)
    {
        var rows = await connections.RunAloneAsync(transaction => Bind(transaction, request, ask).ListAsync(ClaimedRow.Read), cancellationToken);
        var rest = ask.IsRestAsked ? ClaimRest.Of(rows[^1]) : (ClaimRest?)null;
        var isOver = rows.Exists(row => row is { Job: null, Flags: ClaimedRow.Over });
        rows.RemoveAll(row => row.Job is null);
        return (new Claimed(await NameAsync(connections, request, rows, ask.Now, cancellationToken), rows.Exists(row => row.Place is not null), isOver), rest);
    }

    private static Statement Bind(Transaction transaction, ClaimRequest request, Ask ask)
    {
        var handlers = request.Handlers.ToArray();
        return transaction.Use(ClaimSql)
            .Set(request.Node).Set(request.NodeToken)
            .SetAll(Array.ConvertAll(handlers, handler => handler.Key), NpgsqlDbType.Text)
            .SetAll(Array.ConvertAll(handlers, handler => handler.Value), NpgsqlDbType.Integer)
            .SetAll(request.Queues?.ToArray(), NpgsqlDbType.Text)
            .Set(ask.Now).Set(request.Limit).Set(ask.Since).Set(request.Slots).Set(ask.IsExpired).Set(ask.IsRestAsked);
    }

    /// <summary>Rows name their lane only; each process knows the lanes it has met. Best rank first.</summary>
    public static async Task<List<Job>> NameAsync(Connections connections, ClaimRequest request, List<ClaimedRow> rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var names = connections.Memory.LaneNames;
        if (rows.Exists(row => !names.ContainsKey(row.Lane)))
        {
            await connections.ReadAsync(LaneTable.LoadAsync, cancellationToken);
        }

        var jobs = rows.ConvertAll(row => (row.Place, Job: row.ToJob(names[row.Lane], request.Node, now)));
        jobs.Sort(static (one, other) => Rank(one).CompareTo(Rank(other)));
        return jobs.ConvertAll(job => job.Job);
    }

    private readonly record struct Claimed(List<Job> Jobs, bool IsByTurns, bool IsOver);

    private readonly record struct Ask(DateTimeOffset Now, long Since, bool IsRestAsked = true, bool IsExpired = false);

    private readonly record struct ClaimRest(bool IsHeld, DateTimeOffset? NextAt, bool IsLimited, bool HasExpired, bool IsNextLost)
    {
        public static ClaimRest Of(ClaimedRow row) => new((row.Flags & 1) != 0, row.NextAt, (row.Flags & 2) != 0, (row.Flags & 4) != 0, (row.Flags & 8) != 0);
    }
}
