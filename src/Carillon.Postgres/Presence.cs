using System.Collections.Concurrent;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Postgres;

/// <summary>
/// How nodes notice at once that another one's process has died: each holds a lock as long as its connection lives, and waits for the lock
/// of one other. It only ever ends a lease early; without it, or where it does not help (a hang, a cut network), the leases end by time.
/// </summary>
internal sealed class Presence : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, long> _leases = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly PresenceHold _hold;
    private readonly PresenceWatch _watch;
    private readonly Lock _starting = new();
    private Task? _running;

    public Presence(Connections connections, Action<StoreSignal, StoreSignal> tell, ILogger logger)
    {
        _hold = new PresenceHold(connections, _leases, () => tell(StoreSignal.Nodes, StoreSignal.Nodes), logger);
        _watch = new PresenceWatch(connections, IsOwn, () => _hold.Slot, logger);
        _hold.Published += _watch.Look;
    }

    /// <summary>A node of this process has a lease: it is held up from now on, and others are watched.</summary>
    public void Enter(string lease, long token)
    {
        _leases[lease] = token;
        _hold.Publish();
        lock (_starting)
        {
            _running ??= Task.Run(() => Task.WhenAll(_hold.RunAsync(_stopping.Token), _watch.RunAsync(_stopping.Token)));
        }
    }

    private bool IsOwn(NodePresence node) => _leases.TryGetValue(node.Name, out var token) && token == node.Token;

    public void Leave(string lease) => _leases.TryRemove(lease, out _);

    /// <summary>Nodes came or went.</summary>
    public void Look() => _watch.Look();

    /// <summary>What the heartbeat saw of them: covers news that never came.</summary>
    public void See(long ring) => _watch.See(ring);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await (_running ?? Task.CompletedTask);
        _stopping.Dispose();
    }
}
