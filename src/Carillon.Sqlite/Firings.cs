using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>How a schedule's instant becomes jobs: once.</summary>
internal static class Firings
{
    // The compare of compare-and-set; the writer is alone, so the set may follow in a statement of its own.
    private const string FindSql = /*lang=sql*/ """
        select fired_count, max_count, last_at from schedule
         where tenant = '' and name = ?1 and id = ?2 and version = ?3 and next_at = ?4 and mode <> 2
        """;

    private const string MoveSql = "update schedule set fired_count = ?2, last_at = ?3, next_at = ?4 where tenant = '' and name = ?1";
    private const string LiveSql = "select id from job where concurrency_key = ?1 order by id";
    private const string IsLiveSql = "select exists (select 1 from job where concurrency_key = ?1)";

    public static IReadOnlyList<FireResult> FireAll(Transaction transaction, IReadOnlyList<Firing> firings, DateTimeOffset now)
    {
        var results = new FireResult[firings.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Fire(transaction, firings[i], now);
        }

        return results;
    }

    private static FireResult Fire(Transaction transaction, Firing firing, DateTimeOffset now)
    {
        if (firing.NextAt <= firing.ExpectedNextAt)
        {
            throw new ArgumentException($"Schedule '{firing.Schedule}' cannot move from {firing.ExpectedNextAt:O} to {firing.NextAt:O}; give a later instant, or none.", nameof(firing));
        }

        if (FindFireable(transaction, firing) is not { } state)
        {
            return new FireResult(IsApplied: false, 0, 0);
        }

        JournalTable.AppendAll(transaction, firing.Facts);
        if (firing.Overlap == OverlapPolicy.CancelPrevious)
        {
            CancelLive(transaction, firing.ConcurrencyKey, now);
        }

        var room = CountRoom(transaction, firing);
        AppendSkipped(transaction, firing, [.. firing.Jobs.Skip(room)], now);
        var made = firing.Jobs.Take(room).Where(job => Enqueuing.Enqueue(transaction, job, now).Status is EnqueueStatus.Created or EnqueueStatus.Replaced).ToList();
        MoveOn(transaction, firing, state, made);
        return new FireResult(IsApplied: true, made.Count, firing.Jobs.Count - Math.Min(room, firing.Jobs.Count));
    }

    private static (long FiredCount, long? MaxCount, DateTimeOffset? LastAt)? FindFireable(Transaction transaction, Firing firing)
    {
        using var row = transaction.Use(FindSql);
        return row.Set(1, firing.Schedule).Set(2, firing.ScheduleId).Set(3, firing.Version).Set(4, firing.ExpectedNextAt).Read()
            ? (row.Long(0), row.LongOrNull(1), row.InstantOrNull(2))
            : null;
    }

    private static void CancelLive(Transaction transaction, string? concurrencyKey, DateTimeOffset now)
    {
        var ids = new List<Guid>();
        if (concurrencyKey is not null)
        {
            using var rows = transaction.Use(LiveSql);
            for (rows.Set(1, concurrencyKey); rows.Read();)
            {
                ids.Add(rows.Id(0));
            }
        }

        foreach (var id in ids)
        {
            // One may have ended with the one before it, as its dependent.
            if (JobTable.Find(transaction, id) is { } job)
            {
                Changing.TryCancel(transaction, job, "overlap", now);
            }
        }
    }

    // Of several, the first finds none alive and the others find the first.
    private static int CountRoom(Transaction transaction, Firing firing)
    {
        if (firing is not { Overlap: OverlapPolicy.Skip, ConcurrencyKey: { } key, Jobs.Count: > 0 })
        {
            return firing.Jobs.Count;
        }

        using var row = transaction.Use(IsLiveSql);
        return row.Set(1, key).Read() && row.Flag(0) ? 0 : 1;
    }

    private static void AppendSkipped(Transaction transaction, Firing firing, List<NewJob> skipped, DateTimeOffset now)
    {
        if (skipped.Count > 0)
        {
            var instants = skipped.ConvertAll(job => InstantOf(job, firing));
            var data = new JsonObject { ["reason"] = "overlap", ["from"] = instants.Min(), ["to"] = instants.Max(), ["count"] = skipped.Count };
            JournalTable.AppendSkipped(transaction, firing.Schedule, data, now);
        }
    }

    private static DateTimeOffset InstantOf(NewJob job, Firing firing) => job.ScheduledAt ?? job.RunAt ?? firing.ExpectedNextAt;

    // The version stays: it counts changes of the definition, and the next instant itself is what firings compare.
    private static void MoveOn(Transaction transaction, Firing firing, (long FiredCount, long? MaxCount, DateTimeOffset? LastAt) state, List<NewJob> made)
    {
        var firedCount = state.FiredCount + made.Count;
        var nextAt = firedCount >= state.MaxCount ? null : firing.NextAt;
        using (var row = transaction.Use(MoveSql))
        {
            row.Set(1, firing.Schedule).Set(2, firedCount).Set(3, made.Count > 0 ? made.Max(job => InstantOf(job, firing)) : state.LastAt).Set(4, nextAt).Run();
        }

        transaction.Board.MoveSchedule(firing.ExpectedNextAt, nextAt);
    }
}
