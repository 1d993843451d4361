using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Cluster;

/// <summary>
/// Keeps trying for the lease <c>leader</c>. Nothing rests on it for correctness: it says who is shown as <c>leaderInstance</c>.
/// </summary>
internal sealed partial class Leadership(IStore store, TimeProvider clock, string node, TimeSpan duration, ILogger<Leadership> logger)
{
    private long? _token;

    public bool IsLeader => _token is not null;

    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_token is { } token && (await store.RenewAsync(ClusterReader.LeaderLease, token, duration, now, cancellationToken)).IsHeld)
        {
            return;
        }

        var wasLeader = IsLeader;
        _token = (await store.AcquireAsync(ClusterReader.LeaderLease, node, duration, "{}", now, cancellationToken))?.Token;
        if (IsLeader && !wasLeader)
        {
            LogAcquired(node, _token);
        }
        else if (wasLeader && !IsLeader)
        {
            LogLost(node);
        }
    }

    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (_token is { } token)
        {
            _token = null;
            await store.ReleaseAsync(ClusterReader.LeaderLease, token, cancellationToken);
        }
    }

    [LoggerMessage(1220, LogLevel.Information, "Node {Node} acquired leader (term {Term})")]
    private partial void LogAcquired(string node, long? term);

    [LoggerMessage(1221, LogLevel.Warning, "Node {Node} is no longer leader")]
    private partial void LogLost(string node);
}
