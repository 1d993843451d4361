using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>One claim: the database's functions pick the jobs (Schema/0001.up.sql says how), in one round trip; here they are put in order.</summary>
internal static class Claiming
{
    // Jobs are due, but other claims have them locked: they are gone, or free again, in a moment.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private const string ClaimSql = $"select {JobRow.Columns} from carillon.claim($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    private const string RestSql = "select is_held, next_at, is_limited, has_expired, is_next_lost from carillon.claim_rest($1, $2, $3, $4, $5, $6)";

    public static async Task<ClaimBatch> ClaimAsync(Connections connections, ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (jobs, rest) = await AskAsync(connections, request, (now, IsExpired: false), cancellationToken);
        if (rest.HasExpired)
        {
            // None was given: what has expired is cancelled first, and it is asked again.
            await connections.WriteAsync(transaction => Purging.ExpireAsync(transaction, ClaimRequest.MostExpired, now), cancellationToken);
            (jobs, rest) = await AskAsync(connections, request, (now, IsExpired: true), cancellationToken);
        }

        connections.Memory.IsLimited |= rest.IsLimited;
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

    private static Task<(List<Job> Jobs, ClaimRest State)> AskAsync(Connections connections, ClaimRequest request, (DateTimeOffset Now, bool IsExpired) state, CancellationToken cancellationToken) =>
        connections.SendAsync(
            async batch =>
            {
                if (request.Limit > 0)
                {
                    var claim = new NpgsqlBatchCommand(connections.Sql.Of(ClaimSql));
                    AddScope(claim.Parameters, request, state.Now, request.Limit);
                    claim.Parameters.Add(new NpgsqlParameter<int> { TypedValue = request.Slots });
                    claim.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = state.IsExpired });
                    batch.BatchCommands.Add(claim);
                }

                var rest = new NpgsqlBatchCommand(connections.Sql.Of(RestSql));
                AddScope(rest.Parameters, request, state.Now, null);
                batch.BatchCommands.Add(rest);
                return await ReadAsync(batch, cancellationToken);
            },
            cancellationToken);

    private static async Task<(List<Job> Jobs, ClaimRest State)> ReadAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var jobs = new List<Job>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (batch.BatchCommands.Count > 1)
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                jobs.Add(JobRow.Read(reader));
            }

            await reader.NextResultAsync(cancellationToken);
        }

        await reader.ReadAsync(cancellationToken);
        var rest = new ClaimRest(reader.GetBoolean(0), reader.InstantOrNull(1), IsTrue(reader, 2), IsTrue(reader, 3), IsTrue(reader, 4));

        // To the end: an error at the commit comes only there.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return (jobs, rest);
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

    private readonly record struct ClaimRest(bool IsHeld, DateTimeOffset? NextAt, bool IsLimited, bool HasExpired, bool IsNextLost);
}
