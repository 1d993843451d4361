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
        unknown.ForEach(job => Write(transaction, job, OwnerLoss.Returned(job), now));
        return unknown.ConvertAll(job => job.Id);
    }

    private static bool TryFinish(Transaction transaction, Finish finish, DateTimeOffset now)
    {
        if (FindClaimed(transaction, finish.Job.Id, finish.Job.Token) is not { Job: var before } || before.Node != finish.Job.Node)
        {
            return false;
        }

        var effect = finish.On(before);
        JournalTable.AppendAll(transaction, finish.Facts);
        if (effect.Fact is { } fact)
        {
            JournalTable.AppendAttempt(transaction, before.Id, fact);
        }

        Write(transaction, before, effect.Job, now);
        effect.Then.ToList().ForEach(asked => Enqueuing.Follow(transaction, asked, now));
        return true;
    }

    /// <summary>The job, if it runs under this token: the fence. All running jobs stand on the board.</summary>
    private static RunningJob? FindClaimed(Transaction transaction, Guid id, long token) =>
        transaction.Board.FindRunning(id) is { } running && running.Job.Token == token ? running : null;

    private static void Write(Transaction transaction, Job before, Job after, DateTimeOffset now)
    {
        if (after.IsEnded)
        {
            JobEnds.End(transaction, before, after, after.State, after.Reason, now);
        }
        else
        {
            JobTable.Save(transaction, before, after);
        }
    }

    private static void Lose(Transaction transaction, Job job, DateTimeOffset now)
    {
        JournalTable.AppendAttempt(transaction, job.Id, AttemptFact.OwnerLost(job, now));
        Write(transaction, job, OwnerLoss.Lost(job, now), now);
    }
}
