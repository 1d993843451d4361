using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Cluster;

/// <summary>
/// This node's lease: while it is held the node's claims stand. The node's own deadline is counted by the monotonic clock from before
/// the renewal was sent, and comes a fifth of the lease early, so that it has given up, and its handlers have had time to stop, before
/// anybody else may take over, whatever the clocks of the machines say.
/// </summary>
internal sealed partial class NodeLease(IStore store, TimeProvider clock, NodeManifest manifest, TimeSpan duration, ILogger<NodeLease> logger)
{
    // Within what a timer can hold.
    private static readonly TimeSpan LongestCall = TimeSpan.FromHours(1);

    // What the lease is good for on this side.
    private readonly TimeSpan _trusted = duration * 0.8;
    private readonly string _name = ClusterReader.NodePrefix + manifest.Node;
    private readonly Lock _lock = new();
    private long _heldSince;
    private bool _isHeld;

    /// <summary>Told once when the lease was lost.</summary>
    public event Action? Lost;

    /// <summary>Told when it is held (again).</summary>
    public event Action? Held;

    /// <summary>Told what the store's clock said, wherever a renewal brought it.</summary>
    public event Action<StoreTime>? TimeSeen;

    /// <summary>Told at each renewal while something is wanted of this node.</summary>
    public event Action<string>? Asked;

    public string Node => manifest.Node;

    public long Token { get; private set; }

    public bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return _isHeld && clock.GetElapsedTime(_heldSince) < _trusted;
            }
        }
    }

    /// <summary>Renews it, or takes it again when it was lost. Returns what running jobs were asked to stop.</summary>
    public async Task<IReadOnlyList<CancelRequest>> BeatAsync(CancellationToken cancellationToken)
    {
        if (!IsHeld)
        {
            Lose();
            await AcquireAsync(cancellationToken);
            return [];
        }

        var before = clock.GetTimestamp();
        var renewal = await RenewAsync(cancellationToken);
        if (renewal.Time is { } time)
        {
            TimeSeen?.Invoke(time);
        }

        if (!renewal.IsHeld)
        {
            Lose();
            return [];
        }

        lock (_lock)
        {
            _heldSince = before;
        }

        if (renewal.Wish is { } wish)
        {
            Asked?.Invoke(wish);
        }

        return renewal.Cancels;
    }

    /// <summary>Gives it up at the end of a clean shutdown.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _isHeld = false;
        }

        await store.ReleaseAsync(_name, Token, cancellationToken);
    }

    /// <summary>Loses it if its time is over. Needs no answer from anybody.</summary>
    public void Watch()
    {
        if (!IsHeld)
        {
            Lose();
        }
    }

    /// <summary>The lease is gone: whatever rests on it must stop.</summary>
    public void Lose()
    {
        lock (_lock)
        {
            if (!_isHeld)
            {
                return;
            }

            _isHeld = false;
        }

        LogLost(manifest.Node);
        Lost?.Invoke();
    }

    // No longer than the lease holds: a call that hangs must not keep from the running jobs that their claims are lost.
    private async Task<Renewal> RenewAsync(CancellationToken cancellationToken)
    {
        var rest = _trusted - clock.GetElapsedTime(_heldSince);
        using var limit = new CancellationTokenSource(rest < TimeSpan.Zero ? TimeSpan.Zero : rest < LongestCall ? rest : LongestCall, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await store.RenewAsync(_name, Token, duration, clock.GetUtcNow(), either.Token);
    }

    private async Task AcquireAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetTimestamp();
        var lease = await store.AcquireAsync(_name, manifest.Node, duration, manifest.ToJson(), clock.GetUtcNow(), cancellationToken);
        if (lease is null)
        {
            LogNameTaken(manifest.Node);
            return;
        }

        lock (_lock)
        {
            (Token, _heldSince, _isHeld) = (lease.Token, before, true);
        }

        Held?.Invoke();
    }

    [LoggerMessage(1210, LogLevel.Error, "Node {Node} lost its lease: its running jobs are stopped and will run again; it comes back with a new lease")]
    private partial void LogLost(string node);

    [LoggerMessage(1211, LogLevel.Error, "Another live node is named {Node}; this one does no work until that name is free. Give each node its own name (Carillon:NodeName)")]
    private partial void LogNameTaken(string node);
}
