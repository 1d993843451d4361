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

    /// <summary>Told after an end was written, on the finishing loop.</summary>
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
        if (_inHand.Count == 0)
        {
            return null;
        }

        var written = await store.FinishAsync(_inHand, clock.GetUtcNow(), cancellationToken);
        for (var i = 0; i < written.Count; i++)
        {
            Report(_inHand[i], written[i]);
        }

        Interlocked.Add(ref _open, -_inHand.Count);
        lock (_inHand)
        {
            _inHand.Clear();
        }

        return _queue.IsEmpty ? null : clock.GetUtcNow();
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
        Finished?.Invoke(finish);
    }

    private void Log(Finish finish)
    {
        var job = finish.Job;
        switch (finish.Outcome)
        {
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

    [LoggerMessage(1011, LogLevel.Warning, "Job {Job} ({Handler}) failed in attempt {Attempt} and runs again at {RunAt:O}: {Error}")]
    private partial void LogRetry(Guid job, string handler, int attempt, DateTimeOffset runAt, string error);

    [LoggerMessage(1012, LogLevel.Error, "Job {Job} ({Handler}) failed for good in attempt {Attempt} ({Reason}): {Error}")]
    private partial void LogDead(Guid job, string handler, int attempt, string reason, string error);

    [LoggerMessage(1013, LogLevel.Information, "Job {Job} ({Handler}) was cancelled ({Reason})")]
    private partial void LogCancelled(Guid job, string handler, string reason);

    [LoggerMessage(1014, LogLevel.Warning, "fenced: the end of job {Job}, attempt {Attempt} ({Handler}) was refused, because this node had lost the claim; the job runs or ran elsewhere")]
    private partial void LogFenced(Guid job, int attempt, string handler);
}
