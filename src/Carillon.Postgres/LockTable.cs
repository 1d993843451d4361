using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>The rows of locks.</summary>
internal static class LockTable
{
    // Those who want the same name come one after the other: only so does the token, which the next statement draws, grow with each grant.
    private const string TurnSql = "select pg_advisory_xact_lock('carillon.held_lock'::regclass::oid::integer, hashtext($1))";

    // Whoever does not get it has its row locked all the same, so that its release comes after the mark, and sees it.
    private const string TakeSql = /*lang=sql*/ """
        insert into carillon.held_lock as l (name, node, node_token, token, is_wanted, data)
        select $1, n.owner, n.token, nextval('carillon.lease_token'), false, $4
          from carillon.lease n where n.name = 'node/' || $2 and n.token = $3 and n.until > $5
        on conflict (name) do update
           set node = excluded.node, node_token = excluded.node_token, data = excluded.data,
               token = case when l.node = excluded.node and l.data = excluded.data then l.token else excluded.token end
         where (l.node = excluded.node and l.data = excluded.data)
            or not exists (select 1 from carillon.lease n where n.name = 'node/' || l.node and n.token = l.node_token and n.until > $5)
        returning token, (select n.until from carillon.lease n where n.name = 'node/' || $2)
        """;

    private const string MarkSql = "update carillon.held_lock set is_wanted = true where $3 and name = $1 and (node, data) <> ($4, $2)";
    private const string ReleaseSql = "delete from carillon.held_lock where name = $1 and token = $2 returning is_wanted";

    private const string ListSql = /*lang=sql*/ """
        select l.name, l.node, n.until, l.token, l.data, l.node_token
          from carillon.held_lock l join carillon.lease n on n.name = 'node/' || l.node and n.token = l.node_token
         where starts_with(l.name, $1) and n.until > $2
         order by l.name
        """;

    private const string PurgeSql = /*lang=sql*/ """
        delete from carillon.held_lock l
         where not exists (select 1 from carillon.lease n where n.name = 'node/' || l.node and n.token = l.node_token and n.until > $1)
        """;

    /// <summary>One round trip.</summary>
    public static Task<Lease?> TakeAsync(Connections connections, LockRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        connections.SendAsync(
            async batch =>
            {
                batch.BatchCommands.Add(Command(connections.Sql.Of(TurnSql), Text(request.Name)));
                batch.BatchCommands.Add(Command(connections.Sql.Of(TakeSql), Text(request.Name), Text(request.Node), Number(request.NodeToken), Text(request.Data), Number(Instants.ToTicks(now))));
                batch.BatchCommands.Add(Command(connections.Sql.Of(MarkSql), Text(request.Name), Text(request.Data), new NpgsqlParameter<bool> { TypedValue = request.IsWaiting }, Text(request.Node)));
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                await reader.NextResultAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken)
                    ? new Lease(request.Name, request.Node, reader.Instant(1), reader.GetInt64(0), request.Data) { NodeToken = request.NodeToken }
                    : null;
            },
            cancellationToken);

    /// <summary>Tells those who wait for it.</summary>
    public static async Task<bool> ReleaseAsync(Transaction transaction, string name, long token)
    {
        var isWanted = await transaction.Use(ReleaseSql).Set(name).Set(token).FirstAsync(row => (bool?)row.GetBoolean(0));
        transaction.Tell(isWanted == true ? StoreSignal.Locks : StoreSignal.None);
        return isWanted is not null;
    }

    public static Task<List<Lease>> ListAsync(Transaction transaction, string prefix, DateTimeOffset now) => transaction.Use(ListSql).Set(prefix).Set(now)
        .ListAsync(row => new Lease(row.GetString(0), row.GetString(1), row.Instant(2), row.GetInt64(3), row.GetString(4)) { NodeToken = row.GetInt64(5) });

    /// <summary>Void ones mean nothing and are taken away.</summary>
    public static Task<int> PurgeAsync(Transaction transaction, DateTimeOffset now) => transaction.Use(PurgeSql).Set(now).RunAsync();

    private static NpgsqlBatchCommand Command(string text, params NpgsqlParameter[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values)
        {
            command.Parameters.Add(value);
        }

        return command;
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = Texts.Storable(value), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };
}
