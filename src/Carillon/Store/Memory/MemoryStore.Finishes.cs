using System.Diagnostics;

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

        job = job with { StartedAt = finish.StartedAt, Progress = finish.Progress ?? job.Progress };
        var outcome = Heed(job, finish.Outcome);
        job = job with { OwnerLosses = finish.LossesAfter(job, outcome) };
        AppendAll(finish.Facts);
        if (AttemptFact.Of(job, outcome, finish.StartedAt, finish.EndedAt) is { } fact)
        {
            AppendAttempt(job.Id, fact);
        }

        Apply(job, outcome, now);
        return true;
    }

    /// <summary>The job, if it runs under this token: the fence.</summary>
    private Job? FindClaimed(Guid id, long token) =>
        _jobs.GetValueOrDefault(id) is { State: JobState.Running } job && job.Token == token ? job : null;

    /// <summary>An attempt that was asked to stop is not begun again.</summary>
    private static Outcome Heed(Job job, Outcome outcome) =>
        job.CancelReason is not null && outcome is Outcome.Retry or Outcome.Snoozed ? new Outcome.Cancelled(job.CancelReason!) : outcome;

    private void Apply(Job job, Outcome outcome, DateTimeOffset now)
    {
        switch (outcome)
        {
            case Outcome.Succeeded succeeded:
                End(job with { Result = succeeded.Result, Error = null }, JobState.Succeeded, null, now);
                succeeded.Then.ToList().ForEach(asked => Follow(asked, now));
                break;
            case Outcome.Retry retry:
                Save(job with { State = JobState.Pending, RunAt = retry.RunAt, IsDelayed = true, Error = retry.Error });
                break;
            case Outcome.Snoozed snoozed:
                Save(job with { State = JobState.Pending, RunAt = snoozed.RunAt, IsDelayed = true, Attempt = job.Attempt - 1 });
                break;
            case Outcome.Dead dead:
                End(job with { Error = dead.Error }, JobState.Dead, dead.Reason, now);
                break;
            case Outcome.Cancelled cancelled:
                End(job, JobState.Cancelled, cancelled.Reason, now);
                break;
            default:
                throw new UnreachableException($"{outcome.GetType().Name} is no known end of an attempt.");
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
