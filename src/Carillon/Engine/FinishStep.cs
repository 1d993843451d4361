using System.Collections.Concurrent;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>
/// Writes the ends of attempts. What has gathered while the last batch was written goes in one batch: no window when idle, few
/// transactions under load. An end that the store could not take stays in hand and is tried again.
/// </summary>
internal sealed partial class FinishStep(IStore store, TimeProvider clock, ILogger<FinishStep> logger) : IStep
{
    private const int MaxBatch = 500;
    private readonly ConcurrentQueue<Finish> _queue = new();
    private readonly List<Finish> _inHand = [];
    private int _open;

    /// <summary>Told when there is something to write.</summary>
    public event Action? Added;

    /// <summary>Told after ends were written.</summary>
    public event Action? Written;

    /// <summary>Told after an end was written, on the finishing loop. What it throws is logged: the end stands.</summary>
    public event Action<Finish>? Finished;

    /// <summary>Ends not yet written.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>The claims whose ends are not yet written. Asked by the worker only after a failed claim.</summary>
    public IEnumerable<(Guid Job, long Token)> OpenClaims
    {
        get
        {
            lock (_inHand)
            {
                return [.. _inHand.Concat(_queue).Select(finish => (finish.Job.Id, finish.Job.Token))];
            }
        }
    }

    public void Add(Finish finish)
    {
        Interlocked.Increment(ref _open);
        _queue.Enqueue(finish);
        Added?.Invoke();
    }

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        TakeInHand();
        await SettleAsync();
        if (_inHand.Count == 0)
        {
            return _queue.IsEmpty ? null : clock.GetUtcNow();
        }

        // Not cancelled half-way: an end whose answer is not waited for would be sent again, and refused as if the claim had been lost.
        var written = await store.FinishAsync(_inHand, clock.GetUtcNow(), CancellationToken.None);
        foreach (var (finish, isWritten) in PutDown(written))
        {
            Report(finish, isWritten);
        }

        Written?.Invoke();
        return _queue.IsEmpty ? null : clock.GetUtcNow();
    }

    // Before anybody is told: whatever goes wrong there, these ends are not sent again.
    private List<(Finish Finish, bool IsWritten)> PutDown(IReadOnlyList<bool> written)
    {
        lock (_inHand)
        {
            List<(Finish, bool)> done = [.. _inHand.Zip(written)];
            Interlocked.Add(ref _open, -_inHand.Count);
            _inHand.Clear();
            return done;
        }
    }

    // A handler's own transaction may have written the end. Whatever is asked for in vain is asked again in the next turn, with the rest still in hand.
    private async Task SettleAsync()
    {
        foreach (var finish in _inHand.FindAll(finish => finish.IsInDoubt))
        {
            var ended = await store.GetAsync(finish.Job.Id, CancellationToken.None) is { State: JobState.Succeeded } job && job.Token == finish.Job.Token ? job : null;
            await (ended is null || finish.Facts.Count == 0 ? Task.CompletedTask : store.AppendAsync(finish.Facts, CancellationToken.None));
            var settled = finish with { IsInDoubt = false };
            Settle(finish, ended is null ? settled : null);
            if (ended is not null)
            {
                LogMishap(finish);
                Report(settled with { Outcome = new Outcome.Succeeded(ended.Result), EndedAt = ended.FinishedAt ?? finish.EndedAt }, isWritten: true);
                Written?.Invoke();
            }
        }
    }

    private void Settle(Finish finish, Finish? open)
    {
        lock (_inHand)
        {
            var place = _inHand.IndexOf(finish);
            if (open is not null)
            {
                _inHand[place] = open;
                return;
            }

            _inHand.RemoveAt(place);
            Interlocked.Decrement(ref _open);
        }
    }

    private void LogMishap(Finish finish)
    {
        if (finish.Outcome is Outcome.Retry { Error: not OutcomeRule.NotKept } or Outcome.Dead { Error: not OutcomeRule.NotKept })
        {
            LogFailedAfterwards(finish.Job.Id, finish.Job.Handler, FirstLine(finish.Outcome is Outcome.Retry retry ? retry.Error : ((Outcome.Dead)finish.Outcome).Error));
        }
    }

    private void TakeInHand()
    {
        lock (_inHand)
        {
            while (_inHand.Count < MaxBatch && _queue.TryDequeue(out var finish))
            {
                _inHand.Add(finish);
            }
        }
    }

    private void Report(Finish finish, bool isWritten)
    {
        if (!isWritten)
        {
            Telemetry.Telemetry.ClaimLost.Add(1);
            LogFenced(finish.Job.Id, finish.Job.Attempt, finish.Job.Handler);
            return;
        }

        Log(finish);
        try
        {
            Finished?.Invoke(finish);
        }
        catch (Exception error)
        {
            LogNotTold(error, finish.Job.Id, finish.Job.Handler, error.Message);
        }
    }

    private void Log(Finish finish)
    {
        var job = finish.Job;
        switch (finish.Outcome)
        {
            case Outcome.Succeeded when job.Schedule is not null:
                LogScheduledSucceeded(job.Id, job.Handler, job.Schedule, finish.EndedAt - finish.StartedAt);
                break;
            case Outcome.Succeeded when logger.IsEnabled(LogLevel.Debug):
                LogSucceeded(job.Id, job.Handler, finish.EndedAt - finish.StartedAt);
                break;
            case Outcome.Retry retry:
                LogRetry(job.Id, job.Handler, job.Attempt, retry.RunAt, FirstLine(retry.Error));
                break;
            case Outcome.Dead dead:
                LogDead(job.Id, job.Handler, job.Attempt, dead.Reason, FirstLine(dead.Error));
                break;
            case Outcome.Cancelled cancelled:
                LogCancelled(job.Id, job.Handler, cancelled.Reason);
                break;
        }
    }

    private static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? text[..end] : text;

    [LoggerMessage(1010, LogLevel.Debug, "Job {Job} ({Handler}) executed successfully in {Duration}")]
    private partial void LogSucceeded(Guid job, string handler, TimeSpan duration);

    // A line for each instant of a schedule; a line for each of a hundred thousand other jobs would cost more than the jobs.
    [LoggerMessage(1015, LogLevel.Information, "Job {Job} ({Handler}) of schedule {Schedule} executed successfully in {Duration}")]
    private partial void LogScheduledSucceeded(Guid job, string handler, string schedule, TimeSpan duration);

    [LoggerMessage(1011, LogLevel.Warning, "Job {Job} ({Handler}) failed in attempt {Attempt} and runs again at {RunAt:O}: {Error}")]
    private partial void LogRetry(Guid job, string handler, int attempt, DateTimeOffset runAt, string error);

    [LoggerMessage(1012, LogLevel.Error, "Job {Job} ({Handler}) failed for good in attempt {Attempt} ({Reason}): {Error}")]
    private partial void LogDead(Guid job, string handler, int attempt, string reason, string error);

    [LoggerMessage(1013, LogLevel.Information, "Job {Job} ({Handler}) was cancelled ({Reason})")]
    private partial void LogCancelled(Guid job, string handler, string reason);

    [LoggerMessage(1014, LogLevel.Warning, "fenced: the end of job {Job}, attempt {Attempt} ({Handler}) was refused, because this node had lost the claim; the job runs or ran elsewhere")]
    private partial void LogFenced(Guid job, int attempt, string handler);

    [LoggerMessage(1017, LogLevel.Warning, "Job {Job} ({Handler}) was completed in its handler's own transaction; that the handler failed afterwards changes nothing: {Error}")]
    private partial void LogFailedAfterwards(Guid job, string handler, string error);

    [LoggerMessage(1016, LogLevel.Error, "The end of job {Job} ({Handler}) is written, but could not be passed on to its outputs: {Reason}")]
    private partial void LogNotTold(Exception error, Guid job, string handler, string reason);
}
