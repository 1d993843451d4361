using System.Diagnostics;
using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>How an attempt ends, by its own report or by the loss of its node. Plain successes go all at once (<see cref="FinishedJobs"/>).</summary>
internal static class Finishing
{
    // The fence: a claim that was taken back, and perhaps given to another, has another token.
    private const string ClaimedSql = $"select {JobRow.Columns} from carillon.job where id = $1 and token = $2 and node = $3 and state = 1 for update";

    private const string LostSql = $"""
        select {JobRow.Columns} from carillon.job j
         where j.state = 1
           and not exists (select 1 from carillon.lease l where l.name = 'node/' || j.node and l.token = j.node_token and l.until > $1)
         order by j.id for update
        """;

    private const string OfNodeSql = $"select {JobRow.Columns} from carillon.job where state = 1 and node = $1 order by id for update";

    public static async Task<IReadOnlyList<bool>> FinishAllAsync(Transaction transaction, IReadOnlyList<Finish> finishes, DateTimeOffset now)
    {
        var results = new bool[finishes.Count];
        await BusyKeyTable.LockAsync(transaction, finishes.Select(finish => finish.Job.ConcurrencyKey));
        var rest = await FinishedJobs.FinishAsync(transaction, finishes, results, now);
        foreach (var i in rest)
        {
            results[i] = await TryFinishAsync(transaction, finishes[i], now);
        }

        return results;
    }

    public static async Task<IReadOnlyList<Guid>> ReclaimAsync(Transaction transaction, DateTimeOffset now)
    {
        var lost = await transaction.Use(LostSql).Set(now).ListAsync(JobRow.Read);
        await BusyKeyTable.LockAsync(transaction, lost.Select(job => job.ConcurrencyKey));
        foreach (var job in lost)
        {
            await LoseAsync(transaction, job, now);
        }

        return lost.ConvertAll(job => job.Id);
    }

    public static async Task<IReadOnlyList<Guid>> ReturnAsync(Transaction transaction, string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now)
    {
        var unknown = (await transaction.Use(OfNodeSql).Set(node).ListAsync(JobRow.Read)).FindAll(job => !known.Contains((job.Id, job.Token)));
        await BusyKeyTable.LockAsync(transaction, unknown.Select(job => job.ConcurrencyKey));
        foreach (var job in unknown)
        {
            var returned = job with { Attempt = job.Attempt - 1 };
            if (job.CancelReason is not null)
            {
                await JobEnds.EndAsync(transaction, job, returned, (JobState.Cancelled, job.CancelReason), now);
            }
            else
            {
                await JobTable.SaveAsync(transaction, job, returned with { State = JobState.Pending });
            }
        }

        return unknown.ConvertAll(job => job.Id);
    }

    private static async Task<bool> TryFinishAsync(Transaction transaction, Finish finish, DateTimeOffset now)
    {
        if (await transaction.Use(ClaimedSql).Set(finish.Job.Id).Set(finish.Job.Token).Set(finish.Job.Node).FirstAsync(JobRow.Read) is not { } before)
        {
            return false;
        }

        var job = before with { StartedAt = finish.StartedAt, Progress = finish.Progress ?? before.Progress };
        var outcome = Heed(job, finish.Outcome);
        job = job with { OwnerLosses = finish.LossesAfter(before, outcome) };
        await JournalTable.AppendAllAsync(transaction, finish.Facts, job.Id);
        if (AttemptFact.Of(job, outcome, finish.StartedAt, finish.EndedAt) is { } fact)
        {
            await JournalTable.AppendAttemptAsync(transaction, job.Id, fact);
        }

        await ApplyAsync(transaction, before, job, outcome, now);
        return true;
    }

    /// <summary>An attempt that was asked to stop is not begun again.</summary>
    private static Outcome Heed(Job job, Outcome outcome) =>
        job.CancelReason is not null && outcome is Outcome.Retry or Outcome.Snoozed ? new Outcome.Cancelled(job.CancelReason!) : outcome;

    private static async Task ApplyAsync(Transaction transaction, Job before, Job job, Outcome outcome, DateTimeOffset now)
    {
        switch (outcome)
        {
            case Outcome.Succeeded succeeded:
                await JobEnds.EndAsync(transaction, before, job with { Result = succeeded.Result, Error = null }, (JobState.Succeeded, null), now);
                foreach (var asked in succeeded.Then)
                {
                    await Enqueuing.FollowAsync(transaction, asked, now);
                }

                break;
            case Outcome.Retry retry:
                await JobTable.SaveAsync(transaction, before, job with { State = JobState.Pending, RunAt = retry.RunAt, IsDelayed = true, Error = retry.Error });
                break;
            case Outcome.Snoozed snoozed:
                await JobTable.SaveAsync(transaction, before, job with { State = JobState.Pending, RunAt = snoozed.RunAt, IsDelayed = true, Attempt = job.Attempt - 1 });
                break;
            case Outcome.Dead dead:
                await JobEnds.EndAsync(transaction, before, job with { Error = dead.Error }, (JobState.Dead, dead.Reason), now);
                break;
            case Outcome.Cancelled cancelled:
                await JobEnds.EndAsync(transaction, before, job, (JobState.Cancelled, cancelled.Reason), now);
                break;
            default:
                throw new UnreachableException($"{outcome.GetType().Name} is no known end of an attempt.");
        }
    }

    private static async Task LoseAsync(Transaction transaction, Job job, DateTimeOffset now)
    {
        await JournalTable.AppendAttemptAsync(transaction, job.Id, AttemptFact.OwnerLost(job, now));
        var lost = job with { Attempt = job.Attempt - 1, OwnerLosses = job.OwnerLosses + 1 };
        if (job.CancelReason is not null)
        {
            await JobEnds.EndAsync(transaction, job, lost, (JobState.Cancelled, job.CancelReason), now);
        }
        else if (lost.OwnerLosses >= OwnerLoss.UntilPoison)
        {
            await JobEnds.EndAsync(transaction, job, lost with { Error = OwnerLoss.Poison(lost) }, (JobState.Dead, "poison"), now);
        }
        else
        {
            // At once, also when the clock was set back behind RunAt in the meantime.
            await JobTable.SaveAsync(transaction, job, lost with { State = JobState.Pending, RunAt = lost.RunAt < now ? lost.RunAt : now });
        }
    }
}
