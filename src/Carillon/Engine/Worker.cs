using Carillon.Cluster;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>Claims as many jobs as the slots will take and starts them; says when the next one is due. One claim at a time.</summary>
internal sealed partial class Worker : IStep
{
    // When the store cannot take ends, no more than this many attempts may wait to be written before claiming stops.
    private const int MaxOpenFinishes = 2_000;

    // A job that was claimed ahead and met slots that do not come free goes back for another node.
    private static readonly TimeSpan LongestAhead = TimeSpan.FromSeconds(1);

    private readonly IStore _store;
    private readonly NodeLease _node;
    private readonly WorkerParts _parts;
    private readonly EngineOptions _options;
    private readonly ILogger<Worker> _logger;
    private readonly Slots _slots;
    private readonly ClaimAhead _ahead;
    private readonly Lock _turns = new();
    private Task<DateTimeOffset?> _turn = Task.FromResult<DateTimeOffset?>(null);
    private long _startedAhead;
    private volatile int _wakeAt = int.MaxValue;
    private volatile bool _isFinishBound;
    private volatile bool _isDraining;
    private volatile bool _isClaimUnknown;
    private volatile bool _isSlotWanted;

    public Worker(IStore store, NodeLease node, WorkerParts parts, EngineOptions options, ILogger<Worker> logger)
    {
        (_store, _node, _parts, _options, _logger) = (store, node, parts, options, logger);
        _ahead = new ClaimAhead(parts.Clock);
        _slots = new Slots(options.MaxConcurrentJobs, parts.Launch, RunAsync);
        _slots.Ended += OnEnded;
        parts.Finishes.Written += OnWritten;
        if (options.Roles.HasFlag(NodeRoles.Worker))
        {
            store.Accept(new WorkerOffer(this));
        }
    }

    /// <summary>Woken when a slot that it waited for is free, or enough ends are written.</summary>
    public event Action? SlotFreed;

    /// <summary>Jobs that are claimed and wait for a slot.</summary>
    public int Ahead => _slots.Ahead;

    /// <summary>From now on no job is claimed, and none that was claimed ahead is begun. Done when the claim that was under way is, or has failed.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Task turn;
        lock (_turns)
        {
            (_isDraining, turn) = (true, _turn);
        }

        // Its answer may bring jobs: who looks whether any still run must look after it. The loop tells of its errors.
        await turn.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        GiveBack();
    }

    /// <summary>Jobs are claimed again.</summary>
    public void Resume()
    {
        _isDraining = false;
        SlotFreed?.Invoke();
    }

    public Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            return _turn = _turn.IsCompleted ? ClaimAsync(cancellationToken) : ClaimAfterAsync(_turn, cancellationToken);
        }
    }

    private async Task<DateTimeOffset?> ClaimAfterAsync(Task turn, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await ClaimAsync(cancellationToken);
    }

    private async Task<DateTimeOffset?> ClaimAsync(CancellationToken cancellationToken)
    {
        // Until a claim has said otherwise every slot that comes free is waited for.
        _wakeAt = int.MaxValue;
        var ahead = _isSlotWanted ? 0 : _ahead.Next(_slots.EndedCount);

        // In this order: a slot that takes a waiting job in between is counted as taken twice, never as free.
        var (waiting, free) = (_slots.Ahead, _slots.Free);
        var limit = Math.Min(free + ahead - waiting, _options.ClaimBatch);
        if (_isDraining || !_node.IsHeld || limit <= 0 || IsFinishBound())
        {
            return GiveBackStuck();
        }

        await ReturnUnknownAsync(cancellationToken);
        _isClaimUnknown = true;
        var batch = await _store.ClaimAsync(RequestFor(limit, Math.Max(0, free - waiting)), _parts.Clock.GetUtcNow(), cancellationToken);
        _isClaimUnknown = false;
        if (batch.IsNodeLost)
        {
            _node.Lose();
            return null;
        }

        Start(batch.Jobs);
        return Wait(batch, limit, ahead);
    }

    private ClaimRequest RequestFor(int limit, int slots) =>
        new() { Node = _options.Node, NodeToken = _node.Token, Limit = limit, Slots = slots, Handlers = _parts.Handlers.Limits, Queues = _options.Queues };

    // A job that must begin at once waits for a slot that nothing else waits for: come back when one is free, and claim none ahead of it.
    // A full batch means that there is more: come back when half of what is ahead has begun. Else the store says when.
    private DateTimeOffset? Wait(ClaimBatch batch, int limit, int ahead)
    {
        _isSlotWanted = batch.IsSlotWanted;
        _wakeAt = _isSlotWanted ? 0 : batch.Jobs.Count < limit ? -1 : ahead / 2;
        return _wakeAt >= 0 && _slots.Free > 0 && _slots.Ahead <= _wakeAt ? _parts.Clock.GetUtcNow() : batch.NextDueAt > _parts.Clock.GetUtcNow() || _wakeAt < 0 ? batch.NextDueAt : null;
    }

    // The last claim's answer never came: it may have given this node jobs that it does not know of, and its lease keeps them from others.
    private async Task ReturnUnknownAsync(CancellationToken cancellationToken)
    {
        // By job and token: after a reclaim this node may still run an older attempt at the very job it was given.
        if (_isClaimUnknown)
        {
            var known = _parts.Running.All.Select(attempt => (attempt.Job.Id, attempt.Job.Token)).Concat(_parts.Finishes.OpenClaims).ToHashSet();
            await _store.ReturnAsync(_options.Node, known, _parts.Clock.GetUtcNow(), cancellationToken);
            _isClaimUnknown = false;
        }
    }

    // Only where it would begin at once and nothing else is being claimed: who is busy claims more at a time.
    private ClaimRequest? TryTakeTurn(IReadOnlyList<NewJob> jobs, Task<DateTimeOffset?> turn)
    {
        lock (_turns)
        {
            if (!_turn.IsCompleted || _isDraining || _isClaimUnknown || _isSlotWanted || !_node.IsHeld || _slots.Ahead > 0 || _slots.Free < jobs.Count
                || _parts.Finishes.Open > MaxOpenFinishes || !jobs.All(IsServed))
            {
                return null;
            }

            _turn = turn;
            return RequestFor(jobs.Count, jobs.Count);
        }
    }

    private bool IsServed(NewJob job) => _parts.Handlers.Limits.ContainsKey(job.Handler) && _options.Queues?.Contains(job.Queue) != false;

    private void Start(IReadOnlyList<Job> jobs)
    {
        if (jobs.Count == 0)
        {
            return;
        }

        var attempts = new Attempt[jobs.Count];
        for (var i = 0; i < attempts.Length; i++)
        {
            attempts[i] = new Attempt(jobs[i], _parts.Runner.LogOf(jobs[i]), _parts.Launch);
            _parts.Running.Enter(attempts[i]);
        }

        Telemetry.Telemetry.Consumed.Add(jobs.Count);
        Telemetry.Telemetry.Running.Add(jobs.Count);
        _startedAhead = _parts.Clock.GetTimestamp();
        _slots.Add(attempts);
    }

    // Nothing awaits it: it must not throw, and whatever goes wrong inside becomes the attempt's end.
    private async Task RunAsync(Attempt attempt)
    {
        try
        {
            if (await _parts.Runner.RunAsync(attempt) is { } finish)
            {
                _parts.Finishes.Add(finish);
            }
        }
        catch (Exception error)
        {
            LogRunnerFailed(error, attempt.Job.Id, error.Message.TrimEnd('.', ' '));
            var now = _parts.Clock.GetUtcNow();
            _parts.Finishes.Add(new Finish(attempt.Job, _options.Retry.Decide(attempt.Job.Attempt, error.ToString(), now, 0.5))
            {
                StartedAt = attempt.Job.StartedAt ?? now,
                EndedAt = now,
                KeepFor = _parts.Handlers.Find(attempt.Job.Handler)?.KeepFinished,
            });
        }
        finally
        {
            _parts.Running.Leave(attempt);
            Telemetry.Telemetry.Running.Add(-1);
            attempt.Dispose();
        }
    }

    private void OnEnded()
    {
        if (_slots.Ahead <= _wakeAt)
        {
            SlotFreed?.Invoke();
        }
    }

    // The flag before the look: whoever writes in between sees it.
    private bool IsFinishBound()
    {
        _isFinishBound = true;
        return _isFinishBound = _parts.Finishes.Open > MaxOpenFinishes;
    }

    private void OnWritten()
    {
        if (_isFinishBound && _parts.Finishes.Open <= MaxOpenFinishes)
        {
            SlotFreed?.Invoke();
        }
    }

    private DateTimeOffset? GiveBackStuck()
    {
        if (_slots.Ahead == 0)
        {
            return null;
        }

        if (_parts.Clock.GetElapsedTime(_startedAhead) >= LongestAhead)
        {
            GiveBack();
            return null;
        }

        return _parts.Clock.GetUtcNow() + LongestAhead;
    }

    // They go through the runner, which sees that they were stopped and does not call their handler: released, no attempt burned.
    private void GiveBack()
    {
        foreach (var attempt in _slots.TakeAhead())
        {
            attempt.Stop(StopCause.Shutdown);
            _parts.Launch(() => _ = RunAsync(attempt));
        }
    }

    /// <summary>Its slots for the jobs that this process enqueues: such a claim is a turn as any other.</summary>
    private sealed class WorkerOffer(Worker worker) : IClaimOffer
    {
        private TaskCompletionSource<DateTimeOffset?> _turn = new();

        public ClaimRequest? TryTake(IReadOnlyList<NewJob> jobs)
        {
            var turn = new TaskCompletionSource<DateTimeOffset?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var request = worker.TryTakeTurn(jobs, turn.Task);
            if (request is not null)
            {
                // Written by nobody else until it is answered: who is refused meanwhile must not touch it.
                _turn = turn;
            }

            return request;
        }

        public void Give(IReadOnlyList<Job> jobs)
        {
            worker.Start(jobs);
            _turn.SetResult(null);
        }

        public void Lose()
        {
            worker._isClaimUnknown = true;
            _turn.SetResult(null);
            worker.SlotFreed?.Invoke();
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
