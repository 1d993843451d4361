namespace Carillon.Store.Memory;

// How an attempt ends.
internal sealed partial class MemoryStore
{
    public Task<IReadOnlyList<bool>> FinishAsync(IReadOnlyList<Finish> finishes, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<bool>>(() => [.. finishes.Select(finish => TryFinish(finish, now))], cancellationToken);

    public Task<bool> ReportAsync(Guid job, long token, double progress, CancellationToken cancellationToken) =>
        TransactAsync(() => TryReport(job, token, progress), cancellationToken);

    private bool TryFinish(Finish finish, DateTimeOffset now)
    {
        if (FindClaimed(finish.Job.Id, finish.Job.Token) is not { } job || job.Node != finish.Job.Node)
        {
            return false;
        }

        var effect = finish.On(job);
        AppendAll(finish.Facts);
        if (effect.Fact is { } fact)
        {
            AppendAttempt(job.Id, fact);
        }

        Write(effect.Job, now);
        effect.Then.ToList().ForEach(asked => Follow(asked, now));
        return true;
    }

    /// <summary>The job, if it runs under this token: the fence.</summary>
    private Job? FindClaimed(Guid id, long token) =>
        _jobs.GetValueOrDefault(id) is { State: JobState.Running } job && job.Token == token ? job : null;

    private void Write(Job after, DateTimeOffset now)
    {
        if (after.IsEnded)
        {
            End(after, after.State, after.Reason, now);
        }
        else
        {
            Save(after);
        }
    }

    private bool TryReport(Guid id, long token, double progress)
    {
        if (FindClaimed(id, token) is not { } job)
        {
            return false;
        }

        Save(job with { Progress = progress });
        return true;
    }
}
