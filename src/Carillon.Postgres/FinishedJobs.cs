using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>Plain successes, all in one statement: the wide part of the river.</summary>
internal static class FinishedJobs
{
    // Schema/0001.up.sql says how; the token is the fence: a claim that was lost moves no row.
    private const string FinishSql = "select moved, has_dependents, unparked from carillon.finish($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    private const string HasDependents = "CA001";

    /// <summary>
    /// All of them by one statement that is a transaction by itself, and one round trip; null where something must follow in the same
    /// transaction, and nothing is written.
    /// </summary>
    public static async Task<IReadOnlyList<bool>?> TryFinishAloneAsync(Connections connections, IReadOnlyList<Finish> finishes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!finishes.All(IsPlain) || HasTwice(finishes))
        {
            return null;
        }

        try
        {
            var ends = finishes.OrderBy(finish => finish.Job.Id).ToArray();
            var moved = await connections.RunAloneAsync(transaction => MoveAsync(transaction, ends, now, isAlone: true), cancellationToken);
            return moved.Ids is null ? Enumerable.Repeat(element: true, finishes.Count).ToArray() : [.. finishes.Select(finish => moved.Ids.Contains(finish.Job.Id))];
        }
        catch (PostgresException exception) when (exception.SqlState == HasDependents)
        {
            return null;
        }
    }

    /// <summary>Writes those it can, notes which were held, and says which places are left to be done one by one.</summary>
    public static async Task<IReadOnlyList<int>> FinishAsync(Transaction transaction, IReadOnlyList<Finish> finishes, bool[] results, DateTimeOffset now)
    {
        var places = Enumerable.Range(0, finishes.Count).ToList();
        if (HasTwice(finishes) || finishes.Any(HasOrderedFollowUps))
        {
            return places;
        }

        var plain = places.FindAll(place => finishes[place].Outcome is Outcome.Succeeded);
        if (plain.Count > 0)
        {
            await FinishAsync(transaction, plain.ConvertAll(place => (place, finishes[place])), results, now);
        }

        return places.FindAll(place => finishes[place].Outcome is not Outcome.Succeeded);
    }

    /// <summary>The statement of these jobs' ends, as part of a transaction.</summary>
    public static Task RehearseAsync(Transaction transaction, IReadOnlyList<Job> jobs, DateTimeOffset now) =>
        MoveAsync(transaction, [.. jobs.Select(job => new Finish(job, new Outcome.Succeeded()) { StartedAt = now, EndedAt = now })], now, isAlone: true);

    private static bool IsPlain(Finish finish) =>
        finish is { Outcome: Outcome.Succeeded { Then.Count: 0 }, Facts.Count: 0, Job.ScheduleDelay: null };

    private static bool HasTwice(IReadOnlyList<Finish> finishes)
    {
        var seen = new HashSet<Guid>(finishes.Count);
        return !finishes.All(finish => seen.Add(finish.Job.Id));
    }

    // Whether a key is taken or a job known may depend on the other ends of the batch: then all go in their order.
    private static bool HasOrderedFollowUps(Finish finish) =>
        finish.Outcome is Outcome.Succeeded { Then: { Count: > 0 } then } && then.Any(job => job.Key is not null || job.After.Count > 0);

    private static async Task FinishAsync(Transaction transaction, List<(int Place, Finish Finish)> plain, bool[] results, DateTimeOffset now)
    {
        // In the order of ids, as every other writer of several rows goes: two that meet wait for each other, they do not block each other.
        plain.Sort((one, other) => one.Finish.Job.Id.CompareTo(other.Finish.Job.Id));
        var (ids, hasDependents) = await MoveAsync(transaction, plain.ConvertAll(item => item.Finish).ToArray(), now, isAlone: false);
        plain.ForEach(item => results[item.Place] = ids?.Contains(item.Finish.Job.Id) ?? true);
        var ends = plain.FindAll(item => results[item.Place]).ConvertAll(item => item.Finish);
        if (ends.Count > 0)
        {
            await FollowAsync(transaction, ends, hasDependents, now);
        }
    }

    private static async Task<(HashSet<Guid>? Ids, bool HasDependents)> MoveAsync(Transaction transaction, Finish[] ends, DateTimeOffset now, bool isAlone)
    {
        var isKeyed = Array.Exists(ends, end => end.Job.ConcurrencyKey is not null);
        var moved = await transaction.Use(FinishSql)
            .SetAll(Array.ConvertAll(ends, end => end.Job.Id), NpgsqlDbType.Uuid)
            .SetAll(Array.ConvertAll(ends, end => end.Job.Token), NpgsqlDbType.Bigint)
            .SetAll(Array.ConvertAll(ends, end => end.Job.Node), NpgsqlDbType.Text)
            .SetAll(Array.ConvertAll(ends, end => Instants.ToTicks(end.StartedAt)), NpgsqlDbType.Bigint)
            .SetAll(Array.Exists(ends, end => end.Progress is not null) ? Array.ConvertAll(ends, end => end.Progress) : null, NpgsqlDbType.Double)
            .SetAll(Array.Exists(ends, end => ResultOf(end) is not null) ? Array.ConvertAll(ends, ResultOf) : null, NpgsqlDbType.Text)
            .SetAll(Array.Exists(ends, end => end.KeepFor is not null) ? Array.ConvertAll(ends, end => end.KeepFor?.Ticks) : null, NpgsqlDbType.Bigint)
            .Set(now).Set(Days.Of(now)).Set(isAlone).SetNotice(transaction, StoreSignal.Ended)
            .SetAll(isKeyed ? Array.ConvertAll(ends, end => end.Job.ConcurrencyKey) : null, NpgsqlDbType.Text)
            .FirstAsync(row => (Ids: row.IsDBNull(0) ? null : row.GetFieldValue<Guid[]>(0), HasDependents: row.GetBoolean(1), Unparked: row.GetInt32(2)));
        LaneTable.TellUnparked(transaction, moved.Unparked);
        if (moved.Ids is not { Length: 0 })
        {
            transaction.Tell(StoreSignal.Ended);
            JobEnds.TellOfSlot(transaction, isFreed: true, isKeyed);
        }

        return (moved.Ids?.ToHashSet(), moved.HasDependents);
    }

    private static string? ResultOf(Finish end) => ((Outcome.Succeeded)end.Outcome).Result is { } result ? Texts.Storable(result) : null;

    private static async Task FollowAsync(Transaction transaction, List<Finish> ends, bool hasDependents, DateTimeOffset now)
    {
        await JournalTable.AppendAllAsync(transaction, [.. ends.SelectMany(end => end.Facts)], ends.ConvertAll(end => end.Job.Id).ToArray());
        foreach (var end in ends)
        {
            await ScheduleTable.WakeAsync(transaction, end.Job, now);
        }

        if (hasDependents)
        {
            await LookAfterAsync(transaction, ends, now);
        }

        foreach (var asked in ends.SelectMany(end => ((Outcome.Succeeded)end.Outcome).Then))
        {
            await Enqueuing.FollowAsync(transaction, asked, now);
        }
    }

    private static async Task LookAfterAsync(Transaction transaction, List<Finish> ends, DateTimeOffset now)
    {
        foreach (var end in ends)
        {
            if (await DoneTable.FindAsync(transaction, end.Job.Id) is { } ended)
            {
                await JobEnds.LookAfterAsync(transaction, [ended], now);
            }
        }
    }
}
