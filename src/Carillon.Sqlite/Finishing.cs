using System.Diagnostics;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>How an attempt ends, by its own report or by the loss of its node.</summary>
internal static class Finishing
{
    public static IReadOnlyList<bool> FinishAll(Transaction transaction, IReadOnlyList<Finish> finishes, DateTimeOffset now)
    {
        var results = new bool[finishes.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = TryFinish(transaction, finishes[i], now);
        }

        return results;
    }

    public static bool TryReport(Transaction transaction, Guid id, long token, double progress)
    {
        if (FindClaimed(transaction, id, token) is not { } running)
        {
            return false;
        }

        JobTable.SaveProgress(transaction, running with { Job = running.Job with { Progress = progress } });
        return true;
    }

    public static IReadOnlyList<Guid> Reclaim(Transaction transaction, DateTimeOffset now)
    {
        var board = transaction.Board;
        var lost = board.Running.Where(running => !board.Leases.IsNodeHeld(running.Job.Node!, running.NodeToken, now))
            .Select(running => running.Job).OrderBy(job => job.Id).ToList();
        lost.ForEach(job => Lose(transaction, job, now));
        return lost.ConvertAll(job => job.Id);
    }

    public static IReadOnlyList<Guid> Return(Transaction transaction, string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now)
    {
        var unknown = transaction.Board.Running.Select(running => running.Job)
            .Where(job => job.Node == node && !known.Contains((job.Id, job.Token))).OrderBy(job => job.Id).ToList();
        foreach (var job in unknown)
        {
            var returned = job with { Attempt = job.Attempt - 1 };
            if (job.CancelReason is not null)
            {
                JobEnds.End(transaction, job, returned, JobState.Cancelled, job.CancelReason, now);
            }
            else
            {
                JobTable.Save(transaction, job, returned with { State = JobState.Pending });
            }
        }

        return unknown.ConvertAll(job => job.Id);
    }

    private static bool TryFinish(Transaction transaction, Finish finish, DateTimeOffset now)
    {
        if (FindClaimed(transaction, finish.Job.Id, finish.Job.Token) is not { Job: var before } || before.Node != finish.Job.Node)
        {
            return false;
        }

        var job = before with { StartedAt = finish.StartedAt, Progress = finish.Progress ?? before.Progress };
        var outcome = Heed(job, finish.Outcome);
        job = job with { OwnerLosses = finish.LossesAfter(before, outcome) };
        JournalTable.AppendAll(transaction, finish.Facts);
        if (AttemptFact.Of(job, outcome, finish.StartedAt, finish.EndedAt) is { } fact)
        {
            JournalTable.AppendAttempt(transaction, job.Id, fact);
        }

        Apply(transaction, before, job, outcome, now);
        return true;
    }

    /// <summary>The job, if it runs under this token: the fence. All running jobs stand on the board.</summary>
    private static RunningJob? FindClaimed(Transaction transaction, Guid id, long token) =>
        transaction.Board.FindRunning(id) is { } running && running.Job.Token == token ? running : null;

    /// <summary>An attempt that was asked to stop is not begun again.</summary>
    private static Outcome Heed(Job job, Outcome outcome) =>
        job.CancelReason is not null && outcome is Outcome.Retry or Outcome.Snoozed ? new Outcome.Cancelled(job.CancelReason!) : outcome;

    private static void Apply(Transaction transaction, Job before, Job job, Outcome outcome, DateTimeOffset now)
    {
        switch (outcome)
        {
            case Outcome.Succeeded succeeded:
                JobEnds.End(transaction, before, job with { Result = succeeded.Result, Error = null }, JobState.Succeeded, null, now);
                succeeded.Then.ToList().ForEach(asked => Enqueuing.Follow(transaction, asked, now));
                break;
            case Outcome.Retry retry:
                JobTable.Save(transaction, before, job with { State = JobState.Pending, RunAt = retry.RunAt, IsDelayed = true, Error = retry.Error });
                break;
            case Outcome.Snoozed snoozed:
                JobTable.Save(transaction, before, job with { State = JobState.Pending, RunAt = snoozed.RunAt, IsDelayed = true, Attempt = job.Attempt - 1 });
                break;
            case Outcome.Dead dead:
                JobEnds.End(transaction, before, job with { Error = dead.Error }, JobState.Dead, dead.Reason, now);
                break;
            case Outcome.Cancelled cancelled:
                JobEnds.End(transaction, before, job, JobState.Cancelled, cancelled.Reason, now);
                break;
            default:
                throw new UnreachableException($"{outcome.GetType().Name} is no known end of an attempt.");
        }
    }

    private static void Lose(Transaction transaction, Job job, DateTimeOffset now)
    {
        JournalTable.AppendAttempt(transaction, job.Id, AttemptFact.OwnerLost(job, now));
        var lost = job with { Attempt = job.Attempt - 1, OwnerLosses = job.OwnerLosses + 1 };
        if (job.CancelReason is not null)
        {
            JobEnds.End(transaction, job, lost, JobState.Cancelled, job.CancelReason, now);
        }
        else if (lost.OwnerLosses >= OwnerLoss.UntilPoison)
        {
            JobEnds.End(transaction, job, lost with { Error = OwnerLoss.Poison(lost) }, JobState.Dead, "poison", now);
        }
        else
        {
            // At once, also when the machine's clock was set back behind RunAt in the meantime.
            JobTable.Save(transaction, job, lost with { State = JobState.Pending, RunAt = lost.RunAt < now ? lost.RunAt : now });
        }
    }
}
