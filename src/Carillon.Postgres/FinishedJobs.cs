using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>Plain successes, all in one statement: the wide part of the river.</summary>
internal static class FinishedJobs
{
    // The token in the join is the fence: a claim that was lost moves no row. The moved rows come back with what may have to follow.
    private const string FinishSql = /*lang=sql*/ """
        with f as (
            select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::double precision[], $6::text[])
                as f (id, token, node, began, progress, result)),
        gone as (
            delete from carillon.job j using f
             where j.id = f.id and j.token = f.token and j.node = f.node and j.state = 1
            returning j.*, f.began, f.progress as reported, f.result as answer),
        done as (
            insert into carillon.job_done (id, scheduled_at, run_at, created_at, started_at, finished_at, token, key_until, key_hold, timeout, expires_at,
                   schedule_delay, progress, day, priority, attempt, owner_losses, args_version, state, is_delayed, tenant, origin, queue, handler, args_codec, args,
                   node, key, concurrency_key, schedule, reason, result, retry, output, traceparent, tags)
            select id, scheduled_at, run_at, created_at, began, $7, token,
                   case when key is not null and key_hold > 0 then case when key_hold > 9223372036854775807 - $7 then 9223372036854775807 else $7 + key_hold end end,
                   key_hold, timeout, expires_at, schedule_delay, coalesce(reported, progress), case when key is not null and key_hold > 0 then 0 else $8 end,
                   priority, attempt, owner_losses, args_version, 3, is_delayed, tenant, origin, queue, handler, args_codec, args,
                   node, key, concurrency_key, schedule, null, answer, retry, output, traceparent, tags
              from gone)
        select id, concurrency_key, schedule, schedule_delay from gone
        """;

    /// <summary>Writes those it can, notes which were held, and says which places are left to be done one by one.</summary>
    public static async Task<IReadOnlyList<int>> FinishAsync(Transaction transaction, IReadOnlyList<Finish> finishes, bool[] results, DateTimeOffset now)
    {
        var places = Enumerable.Range(0, finishes.Count).ToList();
        if (finishes.Select(finish => finish.Job.Id).Distinct().Count() < finishes.Count || finishes.Any(HasOrderedFollowUps))
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

    // Whether a key is taken or a job known may depend on the other ends of the batch: then all go in their order.
    private static bool HasOrderedFollowUps(Finish finish) =>
        finish.Outcome is Outcome.Succeeded { Then: { Count: > 0 } then } && then.Any(job => job.Key is not null || job.After.Count > 0);

    private static async Task FinishAsync(Transaction transaction, List<(int Place, Finish Finish)> plain, bool[] results, DateTimeOffset now)
    {
        // In the order of ids, as every other writer of several rows goes: two that meet wait for each other, they do not block each other.
        plain.Sort((one, other) => one.Finish.Job.Id.CompareTo(other.Finish.Job.Id));
        var ends = plain.ConvertAll(item => item.Finish);
        var moved = await transaction.Use(FinishSql)
            .SetAll(ends.ConvertAll(end => end.Job.Id).ToArray(), NpgsqlDbType.Uuid)
            .SetAll(ends.ConvertAll(end => end.Job.Token).ToArray(), NpgsqlDbType.Bigint)
            .SetAll(ends.ConvertAll(end => end.Job.Node).ToArray(), NpgsqlDbType.Text)
            .SetAll(ends.ConvertAll(end => Instants.ToTicks(end.StartedAt)).ToArray(), NpgsqlDbType.Bigint)
            .SetAll(ends.ConvertAll(end => end.Progress).ToArray(), NpgsqlDbType.Double)
            .SetAll(ends.ConvertAll(end => ResultOf(end)).ToArray(), NpgsqlDbType.Text)
            .Set(now).Set(Days.Of(now))
            .ListAsync(row => new MovedJob(row.Id(0), row.TextOrNull(1), row.TextOrNull(2), row.SpanOrNull(3)));
        var ids = moved.Select(job => job.Id).ToHashSet();
        plain.ForEach(item => results[item.Place] = ids.Contains(item.Finish.Job.Id));
        if (moved.Count > 0)
        {
            await FollowAsync(transaction, moved, ends.FindAll(end => ids.Contains(end.Job.Id)), now);
        }
    }

    private static string? ResultOf(Finish end) => ((Outcome.Succeeded)end.Outcome).Result is { } result ? Texts.Storable(result) : null;

    private static async Task FollowAsync(Transaction transaction, List<MovedJob> moved, List<Finish> ends, DateTimeOffset now)
    {
        transaction.Tell(StoreSignal.Ended);
        JobEnds.TellOfSlot(transaction, isFreed: true);
        await JournalTable.AppendAllAsync(transaction, [.. ends.SelectMany(end => end.Facts)], ends.ConvertAll(end => end.Job.Id).ToArray());
        await FreeKeysAsync(transaction, moved.FindAll(job => job.ConcurrencyKey is not null));
        foreach (var job in moved.Where(job => job is { Schedule: not null, ScheduleDelay: not null }))
        {
            await ScheduleTable.WakeAsync(transaction, job.Schedule!, now + job.ScheduleDelay!.Value);
        }

        await LookAfterAsync(transaction, moved, now);
        foreach (var asked in ends.SelectMany(end => ((Outcome.Succeeded)end.Outcome).Then))
        {
            await Enqueuing.FollowAsync(transaction, asked, now);
        }
    }

    private static async Task FreeKeysAsync(Transaction transaction, List<MovedJob> keyed)
    {
        if (keyed.Count > 0)
        {
            var keys = keyed.ConvertAll(job => job.ConcurrencyKey!).ToArray();
            await BusyKeyTable.FreeAsync(transaction, keyed.ConvertAll(job => job.Id).ToArray(), keys);
            await LaneTable.UnparkAsync(transaction, [.. keys.Distinct().Order(StringComparer.Ordinal)]);
        }
    }

    // One question for all; nearly always nobody waits for any of them.
    private static async Task LookAfterAsync(Transaction transaction, List<MovedJob> moved, DateTimeOffset now)
    {
        if ((await JobAfterTable.FindDependentsAsync(transaction, moved.ConvertAll(job => job.Id).ToArray())).Count == 0)
        {
            return;
        }

        foreach (var job in moved)
        {
            if (await DoneTable.FindAsync(transaction, job.Id) is { } ended)
            {
                await JobEnds.LookAfterAsync(transaction, [ended], now);
            }
        }
    }

    private sealed record MovedJob(Guid Id, string? ConcurrencyKey, string? Schedule, TimeSpan? ScheduleDelay);
}
