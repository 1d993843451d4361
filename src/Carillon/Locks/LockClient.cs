using System.Collections.Concurrent;
using System.Globalization;
using Carillon.Cluster;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.Logging;
using Meters = Carillon.Telemetry.Telemetry;

namespace Carillon.Locks;

/// <summary>
/// The door to locks: a name that one holder in the cluster has at a time. A lock rests on its node's lease, which the heartbeat renews anyway, so a held
/// lock costs nothing. Safe for concurrent use; a lock does not let in the same caller twice.
/// </summary>
public sealed class LockClient
{
    private const int LongestName = 200;

    // A holder that died gives no sign on some stores: its node's lease has ended after so long.
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(15);
    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly Chance _chance;
    private readonly ILogger _logger;
    private readonly LateReleases _late;
    private readonly Turns _turns = new();
    private readonly ConcurrentDictionary<HeldLock, bool> _held = new();
    private NodeLease? _node;

    internal LockClient(IStore store, TimeProvider clock, Chance chance, ILogger<LockClient> logger)
    {
        (_store, _clock, _chance, _logger) = (store, clock, chance, logger);
        _late = new LateReleases(store, clock, logger);
    }

    /// <summary>Waits until the lock is had. Of this process the first who came is the first who gets it; between nodes whoever is quickest.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked now.</exception>
    /// <exception cref="OperationCanceledException">The caller would not wait any longer; nothing is held.</exception>
    public async Task<HeldLock> AcquireAsync(string name, CancellationToken cancellationToken = default) =>
        await WaitAsync(name, isPatient: true, cancellationToken) ?? throw new OperationCanceledException(cancellationToken);

    /// <summary>The lock, if it is had within <paramref name="patience"/> (by default: at once); else null.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked now.</exception>
    public async Task<HeldLock?> TryAcquireAsync(string name, TimeSpan patience = default, CancellationToken cancellationToken = default)
    {
        if (patience <= TimeSpan.Zero)
        {
            return await WaitAsync(name, isPatient: false, new CancellationToken(canceled: true));
        }

        using var limit = new CancellationTokenSource(patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var held = await WaitAsync(name, isPatient: true, either.Token);
        if (held is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return held;
    }

    /// <summary>The locks that are held, of all nodes, by name.</summary>
    public async Task<IReadOnlyList<LockView>> ListAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        [.. (await _store.ListLeasesAsync(LockRequest.Prefix + prefix, _clock.GetUtcNow(), cancellationToken)).Select(LockView.Of)];

    /// <summary>From now on locks rest on this lease.</summary>
    internal void RestOn(NodeLease node)
    {
        _node = node;
        node.Lost += LoseAll;
    }

    /// <summary>The node's lease is gone, or is about to be given up.</summary>
    internal void LoseAll()
    {
        foreach (var held in _held.Keys)
        {
            if (_held.TryRemove(held, out _))
            {
                Meters.LocksHeld.Add(-1);
                held.Lose(_logger);
            }
        }
    }

    private async Task<HeldLock?> WaitAsync(string name, bool isPatient, CancellationToken enough)
    {
        Check(name);
        var node = _node ?? throw new InvalidOperationException("Locks rest on the lease of this host's node, and the host is not started yet; start it first.");
        var began = _clock.GetTimestamp();
        if (!await _turns.TryEnterAsync(name, enough))
        {
            return null;
        }

        try
        {
            var held = await AskAsync(name, node, isPatient, enough);
            Meters.LockWait.Record(_clock.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("carillon.outcome", held is null ? "refused" : "granted"));
            return held;
        }
        finally
        {
            _turns.Leave(name);
        }
    }

    private async Task<HeldLock?> AskAsync(string name, NodeLease node, bool isPatient, CancellationToken enough)
    {
        var freed = new Bell();
        void OnSignal(StoreSignal signal)
        {
            if ((signal & (StoreSignal.Locks | StoreSignal.Nodes)) != StoreSignal.None)
            {
                freed.Ring();
            }
        }

        _store.Signalled += OnSignal;
        node.Held += freed.Ring;
        try
        {
            while (true)
            {
                if (await TryAsync(name, node, isPatient) is { } held)
                {
                    return held;
                }

                if (!isPatient || enough.IsCancellationRequested)
                {
                    return null;
                }

                using var sweep = new CancellationTokenSource(Sweep, _clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(enough, sweep.Token);
                await freed.WaitAsync(either.Token);
            }
        }
        finally
        {
            _store.Signalled -= OnSignal;
            node.Held -= freed.Ring;
        }
    }

    // Not cancelled half-way: a grant whose answer is not waited for would be nobody's.
    private async Task<HeldLock?> TryAsync(string name, NodeLease node, bool isPatient)
    {
        if (!node.IsHeld)
        {
            return isPatient ? null : throw new StoreUnavailableException($"Node {node.Node} does not hold its lease now, on which lock '{name}' would rest. Is the store away? It is tried again with the next heartbeat.");
        }

        var request = new LockRequest(LockRequest.Prefix + name, node.Node, node.Token, DataOf()) { IsWaiting = isPatient };
        try
        {
            return await _store.LockAsync(request, _clock.GetUtcNow(), CancellationToken.None) is { } lease ? await HoldAsync(request, lease, node) : null;
        }
        catch
        {
            _late.Add(request, node);
            throw;
        }
    }

    // Entered before it is looked at once more: a loss in between finds it, or is found.
    private async Task<HeldLock?> HoldAsync(LockRequest request, Lease lease, NodeLease node)
    {
        var held = new HeldLock(request, lease, node, ReleaseAsync);
        Meters.LocksHeld.Add(1);
        _held[held] = true;
        if (held.IsHeld)
        {
            return held;
        }

        LoseAll();
        await held.DisposeAsync();
        return null;
    }

    private async Task ReleaseAsync(HeldLock held)
    {
        if (!_held.TryRemove(held, out _))
        {
            return;
        }

        Meters.LocksHeld.Add(-1);
        try
        {
            await _store.ReleaseAsync(held.Request.Name, held.Token, CancellationToken.None);
        }
        catch (Exception error) when (error is not ObjectDisposedException)
        {
            // Whoever leaves the lock is done: that the store is away is no concern of theirs.
            _late.Add(held.Request, held.Node);
        }
    }

    private string DataOf() =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"holder":"{{_chance.NextLong():x}}{{_chance.NextLong():x}}","since":"{{_clock.GetUtcNow():O}}"}""");

    private static void Check(string name)
    {
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            throw new ArgumentException($"A lock's name has 1 to {LongestName} characters and no control characters; '{name}' has {name.Length}.", nameof(name));
        }
    }
}
