using System.Diagnostics;
using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>One claim: the database's functions pick the jobs (Schema/0001.up.sql says how), in one round trip; here they are put in order.</summary>
internal static class Claiming
{
    // Jobs are due, but other claims have them locked: they are gone, or free again, in a moment.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private const string ClaimSql = $"select {ClaimedRow.Columns} from carillon.claim($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    private const string RestSql = "select is_held, next_at, is_limited, has_expired, is_next_lost from carillon.claim_rest($1, $2, $3, $4, $5, $6, $7)";

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
        if (rest!.Value.HasExpired)
        {
            // None was given: what has expired is cancelled first, and it is asked again.
            await connections.WriteAsync(transaction => Purging.ExpireAsync(transaction, ClaimRequest.MostExpired, now), cancellationToken);
            (jobs, rest) = await AskAsync(connections, request, new Ask(now, since, IsExpired: true), cancellationToken);
        }

        var batch = ToBatch(connections, request, jobs, rest!.Value, now);
        return frontier.LookAgainIn(since) is { } pause && !(batch.NextDueAt <= now + pause) ? batch with { NextDueAt = now + pause } : batch;
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
        var (rows, rest) = await connections.SendAsync(
            async batch =>
            {
                if (request.Limit > 0)
                {
                    var claim = new NpgsqlBatchCommand(connections.Sql.Of(ClaimSql));
                    AddScope(claim.Parameters, request, ask.Now, request.Limit);
                    claim.Parameters.Add(new NpgsqlParameter<int> { TypedValue = request.Slots });
                    claim.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = ask.IsExpired });
                    claim.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ask.Since });
                    batch.BatchCommands.Add(claim);
                }

                if (ask.IsRestAsked)
                {
                    var rest = new NpgsqlBatchCommand(connections.Sql.Of(RestSql));
                    AddScope(rest.Parameters, request, ask.Now, null);
                    rest.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ask.Since });
                    batch.BatchCommands.Add(rest);
                }

                return await ReadAsync(batch, (request.Limit > 0, ask.IsRestAsked), cancellationToken);
            },
            cancellationToken);

        // The row without an id says that the claim ended at a job that must begin at once.
        var isOver = rows.RemoveAll(row => row.Job.Id == Guid.Empty) > 0;
        return (new Claimed(await NameAsync(connections, request, rows, ask.Now, cancellationToken), rows.Exists(row => row.Place is not null), isOver), rest);
    }

    private static async Task<(List<ClaimedRow> Rows, ClaimRest? State)> ReadAsync(NpgsqlBatch batch, (bool Claim, bool State) asked, CancellationToken cancellationToken)
    {
        var (rows, rest) = (new List<ClaimedRow>(), (ClaimRest?)null);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (asked.Claim && await reader.ReadAsync(cancellationToken))
        {
            rows.Add(ClaimedRow.Read(reader));
        }

        if (asked.State)
        {
            _ = asked.Claim && await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            rest = new ClaimRest(reader.GetBoolean(0), reader.InstantOrNull(1), IsTrue(reader, 2), IsTrue(reader, 3), IsTrue(reader, 4));
        }

        // To the end: an error at the commit comes only there.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return (rows, rest);
    }

    // Rows name their lane only; each process knows the lanes it has met.
    private static async Task<List<Job>> NameAsync(Connections connections, ClaimRequest request, List<ClaimedRow> rows, DateTimeOffset now, CancellationToken cancellationToken)
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

    private static bool IsTrue(NpgsqlDataReader row, int column) => !row.IsDBNull(column) && row.GetBoolean(column);

    private static void AddScope(NpgsqlParameterCollection parameters, ClaimRequest request, DateTimeOffset now, int? limit)
    {
        var handlers = request.Handlers.ToArray();
        parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Node });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = request.NodeToken });
        if (limit is { } most)
        {
            parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        }

        parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(handlers, handler => handler.Key), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(handlers, handler => handler.Value), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        parameters.Add(new NpgsqlParameter { Value = (object?)request.Queues?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = Instants.ToTicks(now) });
    }

    private readonly record struct Claimed(List<Job> Jobs, bool IsByTurns, bool IsOver);

    private readonly record struct Ask(DateTimeOffset Now, long Since, bool IsRestAsked = true, bool IsExpired = false);

    private readonly record struct ClaimRest(bool IsHeld, DateTimeOffset? NextAt, bool IsLimited, bool HasExpired, bool IsNextLost);
}
