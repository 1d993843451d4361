using System.Globalization;

namespace Carillon.Server.Bench;

/// <summary>SQL that multiplies the job of a store: finished copies of the last days, pending ones behind it.</summary>
internal static class DeepStore
{
    private const string Shared = "token, key_hold, priority, attempt, owner_losses, args_version, is_delayed, tenant, origin, queue, handler, args_codec, args";

    public static IEnumerable<string> Statements(string schema, int finished, int pending)
    {
        yield return Invariant($"""
            insert into "{schema}".job_done (id, scheduled_at, run_at, created_at, started_at, finished_at, day, state, node, {Shared})
            select gen_random_uuid(), t.at, t.at, t.at, t.at, t.at, (t.at / 864000000000)::integer, 3, 'worker', {Shared}
              from (select * from "{schema}".job limit 1) j
             cross join lateral (select j.created_at - 10000::bigint * i as at from generate_series({finished}, 1, -1) i) t
            """);
        yield return Invariant($"""
            insert into "{schema}".job (id, scheduled_at, run_at, created_at, state, lane, {Shared})
            select gen_random_uuid(), j.run_at + i, j.run_at + i, j.created_at, 0, lane, {Shared} from (select * from "{schema}".job limit 1) j cross join generate_series(1, {pending}) i
            """);
        yield return Invariant($"""vacuum analyze "{schema}".job""");
        yield return Invariant($"""vacuum analyze "{schema}".job_done""");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
