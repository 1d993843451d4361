using System.Text.Json.Nodes;
using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>The firings that make one job or none and need nothing else looked at, all by a few statements; 10,000 may be due in one second.</summary>
internal static class FiringBatch
{
    // The compare of compare-and-set, as in Firings; the rows in one order, so that two nodes that fire the same wait for each other.
    private const string FindSql = /*lang=sql*/ """
        select s.name, s.fired_count, s.max_count, s.last_at
          from carillon.schedule s join unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[]) f (name, id, version, next_at)
            on s.tenant = '' and s.name = f.name and s.id = f.id and s.version = f.version and s.next_at = f.next_at
         where s.mode <> 2
         order by s.name for update of s
        """;

    private const string MoveSql = /*lang=sql*/ """
        update carillon.schedule s set fired_count = f.fired_count, last_at = f.last_at, next_at = f.next_at
          from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) f (name, fired_count, last_at, next_at)
         where s.tenant = '' and s.name = f.name
        """;

    private const string LiveSql = "select distinct concurrency_key from carillon.job where concurrency_key = any ($1)";

    /// <summary>The places of those that can go this way.</summary>
    public static IReadOnlyList<int> Choose(Transaction transaction, IReadOnlyList<Firing> firings)
    {
        var names = firings.CountBy(firing => firing.Schedule, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var keys = firings.Where(firing => firing.ConcurrencyKey is not null).CountBy(firing => firing.ConcurrencyKey!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, firings.Count).Where(place => IsPlain(firings[place]) && IsAlone(firings[place]) && AreNew(firings[place]))];

        // Of several of a name or a key, the first decides what the others find.
        bool IsAlone(Firing firing) => names[firing.Schedule] == 1 && (firing.ConcurrencyKey is null || keys[firing.ConcurrencyKey] == 1);

        // Asked last: an id is new only once.
        bool AreNew(Firing firing) => firing.Jobs.All(job => transaction.Memory.Ids.Offer(job.Id));
    }

    /// <summary>Fires these places.</summary>
    public static async Task FireAsync(Transaction transaction, IReadOnlyList<Firing> firings, IReadOnlyList<int> places, FireResult[] results, DateTimeOffset now)
    {
        var states = await FindAsync(transaction, [.. places.Select(place => firings[place])]);
        var held = places.Where(place => states.ContainsKey(firings[place].Schedule)).ToList();
        var live = await FindLiveAsync(transaction, held.ConvertAll(place => firings[place]));
        var made = held.ToDictionary(place => place, place => IsHeldBack(firings[place], live) ? [] : firings[place].Jobs);
        var jobs = made.Values.SelectMany(given => given).Select(job => job.ToJob(now)).ToList();
        if (jobs.Count > 0)
        {
            await NewRows.InsertAsync(transaction, jobs, now);
        }

        foreach (var place in held)
        {
            results[place] = new FireResult(IsApplied: true, made[place].Count, firings[place].Jobs.Count - made[place].Count);
        }

        await JournalTable.AppendAllAsync(transaction, [.. held.Where(place => results[place].SkippedByOverlap > 0).Select(place => Skipped(firings[place], now))]);
        await MoveAsync(transaction, held.ConvertAll(place => firings[place].MoveOn(states[firings[place].Schedule], made[place])));
    }

    /// <summary>True for one that makes at most one job and needs nothing else looked at.</summary>
    public static bool IsPlain(Firing firing) =>
        firing is { Jobs.Count: <= 1, Facts.Count: 0, Overlap: not OverlapPolicy.CancelPrevious }
        && (firing.NextAt is null || firing.NextAt > firing.ExpectedNextAt)
        && firing.Jobs.All(job => NewRows.IsPlain(job) && job.Key is null);

    private static async Task<Dictionary<string, FiringState>> FindAsync(Transaction transaction, Firing[] firings)
    {
        var rows = await transaction.Use(FindSql)
            .SetAll(Array.ConvertAll(firings, firing => firing.Schedule), NpgsqlDbType.Text)
            .SetAll(Array.ConvertAll(firings, firing => firing.ScheduleId), NpgsqlDbType.Uuid)
            .SetAll(Array.ConvertAll(firings, firing => firing.Version), NpgsqlDbType.Bigint)
            .SetAll(Array.ConvertAll(firings, firing => Instants.ToTicks(firing.ExpectedNextAt)), NpgsqlDbType.Bigint)
            .ListAsync(row => (Name: row.GetString(0), State: new FiringState(row.GetInt64(1), row.LongOrNull(2), row.InstantOrNull(3))));
        return rows.ToDictionary(row => row.Name, row => row.State, StringComparer.Ordinal);
    }

    private static async Task<HashSet<string>> FindLiveAsync(Transaction transaction, List<Firing> firings)
    {
        var keys = firings.Where(firing => firing is { Overlap: OverlapPolicy.Skip, ConcurrencyKey: not null }).Select(firing => firing.ConcurrencyKey!).ToArray();
        var live = keys.Length == 0 ? [] : await transaction.Use(LiveSql).SetAll(keys, NpgsqlDbType.Text).ListAsync(row => row.GetString(0));
        return live.ToHashSet(StringComparer.Ordinal);
    }

    private static bool IsHeldBack(Firing firing, HashSet<string> live) =>
        firing is { Overlap: OverlapPolicy.Skip, ConcurrencyKey: { } key } && live.Contains(key);

    private static JournalEntry Skipped(Firing firing, DateTimeOffset now)
    {
        var instant = firing.InstantOf(firing.Jobs[0]);
        return JournalTable.SkippedOf(firing.Schedule, new JsonObject { ["reason"] = "overlap", ["from"] = instant, ["to"] = instant, ["count"] = 1 }, now);
    }

    private static Task MoveAsync(Transaction transaction, List<FiringMove> moves) =>
        moves.Count == 0 ? Task.CompletedTask : transaction.Use(MoveSql)
            .SetAll(moves.ConvertAll(move => move.Schedule).ToArray(), NpgsqlDbType.Text)
            .SetAll(moves.ConvertAll(move => move.FiredCount).ToArray(), NpgsqlDbType.Bigint)
            .SetAll(moves.ConvertAll(move => TicksOf(move.LastAt)).ToArray(), NpgsqlDbType.Bigint)
            .SetAll(moves.ConvertAll(move => TicksOf(move.NextAt)).ToArray(), NpgsqlDbType.Bigint)
            .RunAsync();

    private static long? TicksOf(DateTimeOffset? instant) => instant is { } given ? Instants.ToTicks(given) : null;
}
