using System.Diagnostics;
using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>The heartbeat of a node: one statement that prolongs its lease and the leader's, if that is its own, and looks around.</summary>
internal static class BeatTable
{
    private const string RenewSql = /*lang=sql*/ $"""
        with held as (
            update carillon.lease set until = $3 where name = $1 and token = $2 and until > $4 returning owner),
        led as (
            update carillon.lease set until = $3 where name = 'leader' and token = $5 and until > $4 and exists (select 1 from held) returning token)
        select j.id, j.token, j.cancel_reason,
               l.owner, l.until, l.token,
               exists (select 1 from led),
               (select min(o.until) from carillon.lease o where starts_with(o.name, 'node/') and o.name <> $1),
               exists (select 1 from carillon.claim_batch b
                        where not exists (select 1 from carillon.lease n where n.name = 'node/' || b.node and n.token = b.node_token and n.until > $4)),
               exists (select 1 from carillon.lane a
                        cross join lateral (select d.run_at from carillon.job d where d.lane = a.id and d.lane > 0 and d.state = 0 order by d.run_at, d.id limit 1) h
                        where h.run_at <= $4),
               exists (select 1 from carillon.schedule s where s.next_at <= $4 and s.next_at is not null and s.mode <> 2),
               (extract(epoch from clock_timestamp()) * 10000000)::bigint,
               (select d.body from carillon.definition d where d.tenant = '' and d.kind = 'node' and d.name = held.owner),
               {PresenceTable.RingSql}
          from held
          left join carillon.job j on j.state = 1 and j.node = held.owner and j.cancel_reason is not null
          left join carillon.lease l on l.name = 'leader' and l.until > $4
        """;

    public static (Renewal Renewal, Beat? Beat) Renew(KeptSession session, Lease node, long leaderToken, TimeSpan duration, DateTimeOffset now)
    {
        var asked = Stopwatch.GetTimestamp();
        var rows = session.Use(RenewSql).Set(node.Name).Set(node.Token).Set(now + duration).Set(now).Set(leaderToken)
            .List(row => (Cancel: ReadCancel(row), Beat: ReadBeat(row, duration, now), Clock: row.Instant(11), Wish: row.IsDBNull(12) ? null : row.GetString(12)));
        var answered = Stopwatch.GetTimestamp();
        return rows.Count == 0
            ? (new Renewal(IsHeld: false, []), null)
            : (new Renewal(IsHeld: true, [.. rows.Select(row => row.Cancel).OfType<CancelRequest>()], rows[0].Wish) { Time = ServerClock.At(rows[0].Clock, asked, answered) }, rows[0].Beat);
    }

    private static CancelRequest? ReadCancel(NpgsqlDataReader row) =>
        row.IsDBNull(0) ? null : new CancelRequest(row.Id(0), row.GetInt64(1), row.GetString(2));

    private static Beat ReadBeat(NpgsqlDataReader row, TimeSpan duration, DateTimeOffset now)
    {
        var leader = row.IsDBNull(3) ? null : new Lease("leader", row.GetString(3), row.Instant(4), row.GetInt64(5), "{}");
        return new Beat(now, duration, leader, row.GetBoolean(6), row.InstantOrNull(7), row.GetBoolean(8), row.GetBoolean(9), row.GetBoolean(10), row.GetInt64(13));
    }
}
