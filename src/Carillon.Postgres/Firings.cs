using System.Text.Json.Nodes;
using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>How a schedule's instant becomes jobs: once.</summary>
internal static class Firings
{
    // The compare of compare-and-set. The row is locked: another node that fires the same instant waits, and then finds it moved.
    private const string FindSql = /*lang=sql*/ """
        select fired_count, max_count, last_at from carillon.schedule
         where tenant = '' and name = $1 and id = $2 and version = $3 and next_at = $4 and mode <> 2
           for update
        """;

    // In one order, whatever the order in which they are fired: nodes that fire the same schedules would wait for each other in a ring.
    private const string LockSql = "select 1 from carillon.schedule where tenant = '' and name = any ($1) order by name for update";

    private const string MoveSql = "update carillon.schedule set fired_count = $2, last_at = $3, next_at = $4 where tenant = '' and name = $1";
    private const string LiveSql = "select id from carillon.job where concurrency_key = $1 order by id";
    private const string IsLiveSql = "select exists (select 1 from carillon.job where concurrency_key = $1)";

    public static async Task<IReadOnlyList<FireResult>> FireAllAsync(Transaction transaction, IReadOnlyList<Firing> firings, DateTimeOffset now)
    {
        var results = new FireResult[firings.Count];
        var plain = FiringBatch.Choose(transaction, firings).ToHashSet();
        if (plain.Count < firings.Count)
        {
            await transaction.Use(LockSql).SetAll(firings.Select(firing => firing.Schedule).ToArray(), NpgsqlDbType.Text).RunAsync();
        }

        // In the order given, as far as possible together.
        for (var i = 0; i < results.Length;)
        {
            List<int> together = [.. Enumerable.Range(i, results.Length - i).TakeWhile(plain.Contains)];
            if (together.Count > 0)
            {
                await FiringBatch.FireAsync(transaction, firings, together, results, now);
                i += together.Count;
            }
            else
            {
                results[i] = await FireAsync(transaction, firings[i], now);
                i++;
            }
        }

        return results;
    }

    private static async Task<FireResult> FireAsync(Transaction transaction, Firing firing, DateTimeOffset now)
    {
        if (firing.NextAt <= firing.ExpectedNextAt)
        {
            throw new ArgumentException($"Schedule '{firing.Schedule}' cannot move from {firing.ExpectedNextAt:O} to {firing.NextAt:O}; give a later instant, or none.", nameof(firing));
        }

        if (await FindFireableAsync(transaction, firing) is not { } state)
        {
            return new FireResult(IsApplied: false, 0, 0);
        }

        await JournalTable.AppendAllAsync(transaction, firing.Facts);
        if (firing.Overlap == OverlapPolicy.CancelPrevious)
        {
            await CancelLiveAsync(transaction, firing.ConcurrencyKey, now);
        }

        var room = await CountRoomAsync(transaction, firing);
        await AppendSkippedAsync(transaction, firing, [.. firing.Jobs.Skip(room)], now);
        var made = new List<NewJob>();
        foreach (var job in firing.Jobs.Take(room))
        {
            if ((await Enqueuing.EnqueueAsync(transaction, job, now)).Status is EnqueueStatus.Created or EnqueueStatus.Replaced)
            {
                made.Add(job);
            }
        }

        await MoveOnAsync(transaction, firing, state, made);
        return new FireResult(IsApplied: true, made.Count, firing.Jobs.Count - Math.Min(room, firing.Jobs.Count));
    }

    private static Task<FiringState?> FindFireableAsync(Transaction transaction, Firing firing) =>
        transaction.Use(FindSql).Set(firing.Schedule).Set(firing.ScheduleId).Set(firing.Version).Set(firing.ExpectedNextAt)
            .FirstAsync(row => (FiringState?)new FiringState(row.GetInt64(0), row.LongOrNull(1), row.InstantOrNull(2)));

    private static async Task CancelLiveAsync(Transaction transaction, string? concurrencyKey, DateTimeOffset now)
    {
        if (concurrencyKey is null)
        {
            return;
        }

        foreach (var id in await transaction.Use(LiveSql).Set(concurrencyKey).ListAsync(row => row.Id(0)))
        {
            // One may have ended with the one before it, as its dependent.
            if (await JobTable.FindAsync(transaction, id) is { } job)
            {
                await Changing.TryCancelAsync(transaction, job, "overlap", now);
            }
        }
    }

    // Of several, the first finds none alive and the others find the first.
    private static async Task<int> CountRoomAsync(Transaction transaction, Firing firing) =>
        firing is not { Overlap: OverlapPolicy.Skip, ConcurrencyKey: { } key, Jobs.Count: > 0 }
            ? firing.Jobs.Count
            : await transaction.Use(IsLiveSql).Set(key).IsTrueAsync() ? 0 : 1;

    private static async Task AppendSkippedAsync(Transaction transaction, Firing firing, List<NewJob> skipped, DateTimeOffset now)
    {
        if (skipped.Count > 0)
        {
            var instants = skipped.ConvertAll(job => firing.InstantOf(job));
            var data = new JsonObject { ["reason"] = "overlap", ["from"] = instants.Min(), ["to"] = instants.Max(), ["count"] = skipped.Count };
            await JournalTable.AppendSkippedAsync(transaction, firing.Schedule, data, now);
        }
    }

    private static Task MoveOnAsync(Transaction transaction, Firing firing, FiringState state, List<NewJob> made)
    {
        var move = firing.MoveOn(state, made);
        return transaction.Use(MoveSql).Set(move.Schedule).Set(move.FiredCount).Set(move.LastAt).Set(move.NextAt).RunAsync();
    }
}
