using Carillon.Cluster;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Locks;

/// <summary>
/// Locks that the store could not be told of: whether they were granted, or that they are given up. They would be held for as long as this node
/// lives, so they are told again until the store has heard it, or the node's lease is another one and they are void.
/// </summary>
internal sealed partial class LateReleases(IStore store, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public void Add(LockRequest request, NodeLease node) => _ = ReleaseAsync(request, node);

    // Nothing awaits it, and it must not throw.
    private async Task ReleaseAsync(LockRequest request, NodeLease node)
    {
        for (var pause = ShortestPause; node.IsHeld && node.Token == request.NodeToken; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                // The same request gets what it has, or gets it now; either way its token is known then.
                if (await store.LockAsync(request with { IsWaiting = false }, clock.GetUtcNow(), CancellationToken.None) is { } lease)
                {
                    await store.ReleaseAsync(lease.Name, lease.Token, CancellationToken.None);
                }

                return;
            }
            catch (Exception error)
            {
                LogLate(request.Name[LockRequest.Prefix.Length..], error.Message);
            }

            await Task.Delay(pause, clock);
        }
    }

    [LoggerMessage(1232, LogLevel.Warning, "Lock {Lock} could not be given up ({Reason}); it is tried again")]
    private partial void LogLate(string @lock, string reason);
}
