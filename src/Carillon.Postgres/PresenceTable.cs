using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>A node's lease, and whether the lock that its process holds is held.</summary>
internal readonly record struct NodePresence(string Name, long Token, int Slot, bool IsHeld);

/// <summary>
/// The statements of presence. A slot is an empty view: <c>LOCK TABLE</c> on it takes neither snapshot nor transaction id, so that the
/// open transactions hold back no vacuum, and a view itself is never vacuumed or frozen.
/// </summary>
internal static class PresenceTable
{
    /// <summary>A number that differs as soon as a node came, went or changed its slot.</summary>
    public const string RingSql = "(select coalesce(sum(o.token * 100 + coalesce(o.presence, 0)), 0)::bigint from carillon.lease o where starts_with(o.name, 'node/'))";

    // An administrator's limits are for forgotten sessions; these are meant to stay.
    private const string UnlimitedSql = """
        select set_config(name, '0', true) from pg_settings
         where name in ('idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout', 'transaction_timeout')
        """;

    private const string HeldSql = """
        select 1 from pg_locks k
         where k.locktype = 'relation' and k.granted and k.mode = 'ExclusiveLock'
           and k.database = (select d.oid from pg_database d where d.datname = current_database())
           and k.relation = to_regclass('carillon.presence_' || s.slot)
        """;

    private const string FreeSql = $"select s.slot from generate_series(1, 64) s (slot) where not exists ({HeldSql}) order by random() limit 1";

    private const string PublishSql = """
        update carillon.lease l set presence = $1 from unnest($2, $3) o (name, token)
         where l.name = o.name and l.token = o.token and l.presence is distinct from $1
        """;

    private const string LookSql = $"""
        select s.name, s.token, s.slot, exists ({HeldSql})
          from (select l.name, l.token, l.presence as slot from carillon.lease l where l.presence is not null and starts_with(l.name, 'node/')) s
        """;

    // The leader's lease is free with that of its node; its row stays, for its term only grows.
    private const string EndSql = """
        with gone as (delete from carillon.lease where name = $1 and token = $2 returning owner),
             led as (update carillon.lease l set until = 0 from gone where l.name = 'leader' and l.owner = gone.owner)
        select owner from gone
        """;

    /// <summary>Takes a slot, the preferred one if it is free, in the open transaction; null when all are taken.</summary>
    public static async Task<int?> TryTakeAsync(KeptSession session, int? preferred)
    {
        await session.Use(UnlimitedSql).RunAsync();
        for (var slot = preferred; ; slot = null)
        {
            slot ??= await session.Use(FreeSql).FirstAsync(row => (int?)row.GetInt32(0));
            if (slot is not { } free || await TryLockAsync(session, free))
            {
                return slot;
            }
        }
    }

    /// <summary>
    /// Waits, in the open transaction, until whoever holds the slot has gone. The first lock conflicts with nobody's: what has to be read
    /// from the catalogue to find the view is read for it, so that the one that waits needs no snapshot.
    /// </summary>
    public static async Task WaitAsync(KeptSession session, int slot)
    {
        await session.Use(UnlimitedSql).RunAsync();
        await session.UseOnce($"lock table carillon.presence_{slot} in access share mode").RunAsync();
        await session.UseOnce($"lock table carillon.presence_{slot} in share mode").RunAsync();
    }

    /// <summary>Writes the slot into the leases of this process; says whether that was new.</summary>
    public static async Task<bool> PublishAsync(KeptSession session, int slot, IReadOnlyCollection<KeyValuePair<string, long>> leases) =>
        await session.Use(PublishSql).Set(slot)
            .SetAll([.. leases.Select(lease => lease.Key)], NpgsqlDbType.Text).SetAll([.. leases.Select(lease => lease.Value)], NpgsqlDbType.Bigint).RunAsync() > 0;

    /// <summary>Every node that has a slot.</summary>
    public static Task<List<NodePresence>> LookAsync(KeptSession session) =>
        session.Use(LookSql).ListAsync(row => new NodePresence(row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.GetBoolean(3)));

    public static Task<long> ReadRingAsync(KeptSession session) => session.Use($"select {RingSql}").FirstAsync(row => row.GetInt64(0));

    /// <summary>Ends the lease of a node that is gone, unless it has come back under another token; null then.</summary>
    public static async Task<string?> EndAsync(Transaction transaction, NodePresence node)
    {
        var owner = await transaction.Use(EndSql).Set(node.Name).Set(node.Token).FirstAsync(row => row.GetString(0));
        transaction.Tell(owner is null ? StoreSignal.None : StoreSignal.Nodes);
        return owner;
    }

    private static async Task<bool> TryLockAsync(KeptSession session, int slot)
    {
        await session.Use("savepoint take").RunAsync();
        try
        {
            await session.UseOnce($"lock table carillon.presence_{slot} in exclusive mode nowait").RunAsync();
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // Another one was faster.
            await session.Use("rollback to savepoint take").RunAsync();
            return false;
        }
    }
}
