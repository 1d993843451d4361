using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>The rows of leases.</summary>
internal static class LeaseTable
{
    // The token of a change of hands is drawn once the row is locked: whoever waited for that draws after the one before. For a row to be there,
    // what was given up stays (nodes' leases go: of their tokens it matters only that no two are the same).
    private const string AcquireSql = /*lang=sql*/ """
        insert into carillon.lease as l (name, owner, until, token, data, acquired_at)
        values ($1, $2, $3, nextval('carillon.lease_token'), $4, $5)
        on conflict (name) do update
           set owner = excluded.owner, until = excluded.until, token = nextval('carillon.lease_token'), data = excluded.data, acquired_at = excluded.acquired_at
         where l.until <= $5 or l.owner = excluded.owner
        returning token
        """;

    // One statement: the lease, and what its owner was asked to stop.
    private const string RenewSql = /*lang=sql*/ """
        with held as (
            update carillon.lease set until = $3 where name = $1 and token = $2 and until > $4 returning owner)
        select j.id, j.token, j.cancel_reason
          from held left join carillon.job j on j.state = 1 and j.node = held.owner and j.cancel_reason is not null
        """;

    private const string ReleaseNodeSql = "delete from carillon.lease where name = $1 and token = $2";
    private const string ReleaseSql = "update carillon.lease set until = 0 where name = $1 and token = $2";
    private const string ListSql = "select name, owner, until, token, data from carillon.lease where starts_with(name, $1) and until > $2 order by name";
    private const string SweepSql = "delete from carillon.lease where starts_with(name, 'node/') and until <= $1";
    private const string ShiftSql = "update carillon.lease set until = until + $1 where until > 0";

    public static async Task<Lease?> AcquireAsync(Transaction transaction, Lease wanted, DateTimeOffset now)
    {
        var token = await transaction.Use(AcquireSql).Set(wanted.Name).Set(wanted.Owner).Set(wanted.Until).Set(wanted.Data).Set(now).FirstAsync(row => row.GetInt64(0));
        return token == 0 ? null : wanted with { Token = token };
    }

    public static async Task<Renewal> RenewAsync(Transaction transaction, string name, long token, TimeSpan duration, DateTimeOffset now)
    {
        var rows = await transaction.Use(RenewSql).Set(name).Set(token).Set(now + duration).Set(now)
            .ListAsync(row => row.IsDBNull(0) ? (CancelRequest?)null : new CancelRequest(row.Id(0), row.GetInt64(1), row.GetString(2)));
        return new Renewal(IsHeld: rows.Count > 0, [.. rows.OfType<CancelRequest>()]);
    }

    /// <summary>With a node's lease its locks are free.</summary>
    public static Task<int> ReleaseAsync(Transaction transaction, string name, long token)
    {
        var isNode = name.StartsWith("node/", StringComparison.Ordinal);
        transaction.Tell(isNode ? StoreSignal.Locks : StoreSignal.None);
        return transaction.Use(isNode ? ReleaseNodeSql : ReleaseSql).Set(name).Set(token).RunAsync();
    }

    public static Task<List<Lease>> ListAsync(Transaction transaction, string prefix, DateTimeOffset now) =>
        transaction.Use(ListSql).Set(prefix).Set(now).ListAsync(row => new Lease(row.GetString(0), row.GetString(1), row.Instant(2), row.GetInt64(3), row.GetString(4)));

    /// <summary>Nodes that ran out and whose claims have been taken back: nobody need wait for their end any more.</summary>
    public static Task SweepAsync(Transaction transaction, DateTimeOffset now) => transaction.Use(SweepSql).Set(now).RunAsync();

    public static Task ShiftAsync(Transaction transaction, TimeSpan step) => transaction.Use(ShiftSql).Set(step).RunAsync();
}
