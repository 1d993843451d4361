using System.Collections.Frozen;
using Carillon.Cluster;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>
/// Takes the node out of work when it is asked to, and back: no new job, what runs has its time to end, the rest is stopped and handed
/// over. Turned again at each end while it waits.
/// </summary>
internal sealed partial class DrainStep : IStep
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WriteCheck = TimeSpan.FromSeconds(1);
    private readonly IStore _store;
    private readonly NodeManifest _node;
    private readonly DrainParts _parts;
    private readonly ILogger<DrainStep> _logger;
    private volatile NodeWish? _wish;
    private volatile bool _isOut;
    private NodeWish? _done;
    private bool _isBegun;
    private bool _isStopped;
    private long _begunAt;

    public DrainStep(IStore store, NodeManifest node, DrainParts parts, ILogger<DrainStep> logger)
    {
        (_store, _node, _parts, _logger) = (store, node, parts, logger);
        parts.Running.Left += TellWhileOut;
        parts.Finishes.Written += TellWhileOut;
    }

    /// <summary>Told when there is something to do here.</summary>
    public event Action? Asked;

    /// <summary>Told when the node works again.</summary>
    public event Action? Resumed;

    /// <summary>True from the moment it was asked: no job is taken, no schedule fired, and another should lead.</summary>
    public bool IsOut => _isOut;

    /// <summary>True once something was asked of this life of the node.</summary>
    public bool IsAsked => _wish is not null;

    /// <summary>What the heartbeat brought. One meant for an earlier life, or known already, changes nothing.</summary>
    public void Ask(string body)
    {
        if (NodeWish.Parse(body) is { } wish && wish.StartedAt == _node.StartedAt && wish with { DrainedAt = null } != _wish)
        {
            (_wish, _isOut) = (wish with { DrainedAt = null }, wish.IsDraining);
            Asked?.Invoke();
        }
    }

    /// <summary>The process is about to end: its jobs are seen to elsewhere, and the other nodes are told so.</summary>
    public Task TellLeavingAsync(CancellationToken cancellationToken)
    {
        var now = _parts.Clock.GetUtcNow();
        var wish = new NodeWish { StartedAt = _node.StartedAt, IsDraining = true, IsLeaving = true, By = "shutdown", AskedAt = now };
        (_done, _wish, _isOut) = (wish, wish, true);
        return _store.PutDefinitionAsync(DefinitionKinds.Node, _node.Node, wish.ToJson(), null, null, now, cancellationToken);
    }

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_wish is not { } wish || wish == _done)
        {
            return null;
        }

        if (!wish.IsDraining)
        {
            Resume(wish);
            return null;
        }

        await BeginAsync(wish, cancellationToken);
        return Rest(wish.Grace ?? _parts.Grace) ?? await EndAsync(wish, cancellationToken);
    }

    private async Task BeginAsync(NodeWish wish, CancellationToken cancellationToken)
    {
        if (!_isBegun)
        {
            LogDraining(_node.Node, wish.By ?? "somebody", wish.Reason is null ? "" : $" ({wish.Reason})", _parts.Running.Count, wish.Grace ?? _parts.Grace);
            (_isBegun, _isStopped, _begunAt) = (true, false, _parts.Clock.GetTimestamp());
        }

        // Its answer may bring jobs: who looks whether any still run must look after it.
        await _parts.Worker.DrainAsync(cancellationToken);
    }

    // When to look again; null once nothing runs here that has not had its time.
    private DateTimeOffset? Rest(TimeSpan grace)
    {
        var (now, elapsed) = (_parts.Clock.GetUtcNow(), _parts.Clock.GetElapsedTime(_begunAt));
        if (_parts.Running.Count > 0 && elapsed < grace)
        {
            return now + (grace - elapsed);
        }

        if (_parts.Running.Count > 0 && !_isStopped)
        {
            LogNotDone(_node.Node, _parts.Running.Count, grace);
            _isStopped = true;
            _parts.Running.StopAll(StopCause.Shutdown);
        }

        return _parts.Running.Count > 0 && elapsed < grace + StopGrace ? now + (grace + StopGrace - elapsed)
            : _parts.Finishes.Open > 0 ? now + WriteCheck : null;
    }

    private async Task<DateTimeOffset?> EndAsync(NodeWish wish, CancellationToken cancellationToken)
    {
        var left = _parts.Running.Count;
        if (left > 0)
        {
            LogNotStopped(_node.Node, left);
            await _store.ReturnAsync(_node.Node, FrozenSet<(Guid, long)>.Empty, _parts.Clock.GetUtcNow(), cancellationToken);
            _parts.Running.StopAll(StopCause.ClaimLost);
        }

        await ReportAsync(wish, cancellationToken);
        _done = wish;
        LogDrained(_node.Node, wish.IsLeaving ? "its process ends now" : "it can be resumed");
        if (wish.IsLeaving)
        {
            _parts.Leave();
        }

        return null;
    }

    // Only where nothing else was asked meanwhile: that comes with the next heartbeat.
    private async Task ReportAsync(NodeWish wish, CancellationToken cancellationToken)
    {
        if (await _store.GetDefinitionAsync(DefinitionKinds.Node, _node.Node, cancellationToken) is { } stored && NodeWish.Parse(stored.Body) == wish)
        {
            var (now, act) = (_parts.Clock.GetUtcNow(), new Act(_node.Node, "engine", "node.drained"));
            await _store.PutDefinitionAsync(DefinitionKinds.Node, _node.Node, (wish with { DrainedAt = now }).ToJson(), stored.Version, act, now, cancellationToken);
        }
    }

    private void Resume(NodeWish wish)
    {
        (_done, _isBegun) = (wish, false);
        LogResumed(_node.Node, wish.By ?? "somebody");
        _parts.Worker.Resume();
        Resumed?.Invoke();
    }

    private void TellWhileOut()
    {
        if (_isOut)
        {
            Asked?.Invoke();
        }
    }

    [LoggerMessage(1050, LogLevel.Information, "Node {Node} was asked by {By} to drain{Reason}: no new job is taken and no schedule fired; {Running} running ones have up to {Grace}")]
    private partial void LogDraining(string node, string by, string reason, int running, TimeSpan grace);

    [LoggerMessage(1051, LogLevel.Warning, "Node {Node}: {Running} jobs still run after {Grace}; they are asked to stop and released without burning an attempt")]
    private partial void LogNotDone(string node, int running, TimeSpan grace);

    [LoggerMessage(1052, LogLevel.Warning, "Node {Node}: {Running} jobs did not stop when asked. They are handed over while their code still runs here; what it ends with is refused")]
    private partial void LogNotStopped(string node, int running);

    [LoggerMessage(1053, LogLevel.Information, "Node {Node} is drained; {Next}")]
    private partial void LogDrained(string node, string next);

    [LoggerMessage(1054, LogLevel.Information, "Node {Node} works again: {By} resumed it")]
    private partial void LogResumed(string node, string by);
}

/// <summary>What a drain works with.</summary>
internal sealed record DrainParts(Worker Worker, RunningJobs Running, FinishStep Finishes, TimeProvider Clock, TimeSpan Grace)
{
    /// <summary>Ends the process, orderly.</summary>
    public Action Leave { get; init; } = static () => { };
}
