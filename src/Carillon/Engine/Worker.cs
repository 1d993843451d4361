using Carillon.Cluster;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>Claims as many jobs as there are free slots and starts them; says when the next one is due.</summary>
internal sealed partial class Worker(
    IStore store, NodeLease node, WorkerParts parts, EngineOptions options, ILogger<Worker> logger) : IStep
{
    // When the store cannot take ends, no more than this many attempts may wait to be written before claiming stops.
    private const int MaxOpenFinishes = 2_000;
    private volatile bool _isSlotBound;
    private volatile bool _isDraining;
    private bool _isClaimUnknown;

    /// <summary>Its own: woken when a slot that it waited for is free.</summary>
    public event Action? SlotFreed;

    /// <summary>From now on no job is claimed.</summary>
    public void Drain() => _isDraining = true;

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        _isSlotBound = true;
        var free = Math.Min(options.MaxConcurrentJobs - parts.Running.Count, options.ClaimBatch);
        if (_isDraining || !node.IsHeld || free <= 0 || parts.Finishes.Open > MaxOpenFinishes)
        {
            return null;
        }

        await ReturnUnknownAsync(cancellationToken);
        var request = new ClaimRequest { Node = options.Node, NodeToken = node.Token, Limit = free, Handlers = parts.Handlers.Limits, Queues = options.Queues };
        _isClaimUnknown = true;
        var batch = await store.ClaimAsync(request, parts.Clock.GetUtcNow(), cancellationToken);
        _isClaimUnknown = false;
        if (batch.IsNodeLost)
        {
            node.Lose();
            return null;
        }

        _isSlotBound = batch.Jobs.Count == free;
        Start(batch.Jobs);
        return batch.NextDueAt;
    }

    // The last claim's answer never came: it may have given this node jobs that it does not know of, and its lease keeps them from others.
    private async Task ReturnUnknownAsync(CancellationToken cancellationToken)
    {
        if (_isClaimUnknown)
        {
            var known = parts.Running.All.Select(attempt => attempt.Job.Id).Concat(parts.Finishes.OpenJobs).ToHashSet();
            await store.ReturnAsync(options.Node, known, parts.Clock.GetUtcNow(), cancellationToken);
            _isClaimUnknown = false;
        }
    }

    private void Start(IReadOnlyList<Job> jobs)
    {
        foreach (var job in jobs)
        {
            var attempt = new Attempt(job, parts.Runner.LogOf(job), parts.Launch);
            parts.Running.Enter(attempt);
            parts.Launch(() => _ = RunAsync(attempt));
        }

        if (jobs.Count > 0)
        {
            Telemetry.Telemetry.Consumed.Add(jobs.Count);
            Telemetry.Telemetry.Running.Add(jobs.Count);
        }
    }

    // Nothing awaits it: it must not throw, and whatever goes wrong inside becomes the attempt's end.
    private async Task RunAsync(Attempt attempt)
    {
        try
        {
            if (await parts.Runner.RunAsync(attempt) is { } finish)
            {
                parts.Finishes.Add(finish);
            }
        }
        catch (Exception error)
        {
            LogRunnerFailed(error, attempt.Job.Id, error.Message);
            var now = parts.Clock.GetUtcNow();
            parts.Finishes.Add(new Finish(attempt.Job, options.Retry.Decide(attempt.Job.Attempt, error.ToString(), now, 0.5)) { StartedAt = attempt.Job.StartedAt ?? now, EndedAt = now });
        }
        finally
        {
            Leave(attempt);
        }
    }

    private void Leave(Attempt attempt)
    {
        parts.Running.Leave(attempt);
        Telemetry.Telemetry.Running.Add(-1);
        attempt.Dispose();
        if (_isSlotBound)
        {
            SlotFreed?.Invoke();
        }
    }

    [LoggerMessage(1020, LogLevel.Error, "Job {Job} could not be run: {Reason}. It is retried by the host's policy.")]
    private partial void LogRunnerFailed(Exception error, Guid job, string reason);
}

/// <summary>What a worker works with.</summary>
internal sealed record WorkerParts(JobRunner Runner, RunningJobs Running, FinishStep Finishes, HandlerRegistry Handlers, TimeProvider Clock)
{
    public Launch Launch { get; init; } = Launches.OnPool;
}
