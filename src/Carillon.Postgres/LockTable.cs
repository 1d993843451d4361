using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>The rows of locks.</summary>
internal static class LockTable
{
    private const string TakeSql = "select granted, lasts_until from carillon.take_lock($1, $2, $3, $4, $5, $6)";
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
    public static Task<Lease?> TakeAsync(Transaction transaction, LockRequest request, DateTimeOffset now) => transaction.Use(TakeSql)
        .Set(request.Name).Set(request.Node).Set(request.NodeToken).Set(request.Data).Set(now).Set(request.IsWaiting)
        .FirstAsync(row => row.IsDBNull(0) ? null : new Lease(request.Name, request.Node, row.Instant(1), row.GetInt64(0), request.Data) { NodeToken = request.NodeToken });

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
}
