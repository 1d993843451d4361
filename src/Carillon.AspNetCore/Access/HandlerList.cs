using Carillon.Cluster;

namespace Carillon.AspNetCore.Access;

/// <summary>The privileged handlers of live nodes, read at most every few seconds, for it is asked at each enqueue. A name once seen is remembered.</summary>
internal sealed class HandlerList(ClusterReader cluster, TimeProvider clock)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);
    private volatile Reading? _reading;

    public async Task<IReadOnlySet<string>> ListPrivilegedAsync(CancellationToken cancellationToken)
    {
        if (_reading is { } fresh && clock.GetElapsedTime(fresh.Timestamp) < Freshness)
        {
            return fresh.Names;
        }

        var timestamp = clock.GetTimestamp();
        var handlers = await cluster.ListHandlersAsync(cancellationToken);
        var names = handlers.Where(handler => handler.IsPrivileged).Select(handler => handler.Name).Concat(_reading?.Names ?? new HashSet<string>()).ToHashSet(StringComparer.Ordinal);
        _reading = new Reading(names, timestamp);
        return names;
    }

    private sealed record Reading(IReadOnlySet<string> Names, long Timestamp);
}
