namespace Carillon.Jobs;

/// <summary>
/// In which queue a handler's jobs go where nobody says: its own, as this host knows it, else as other live nodes tell. A host that only
/// answers has no handlers itself, and a job in the wrong queue would wait for a node that never comes.
/// </summary>
internal sealed class HandlerQueues(HandlerRegistry handlers, TimeProvider clock, Func<CancellationToken, Task<IReadOnlyDictionary<string, string?>>> readElsewhere)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);
    private volatile Reading? _elsewhere;

    /// <summary>The handler's own queue; null where it has none or nobody knows it.</summary>
    public async Task<string?> FindAsync(string handler, CancellationToken cancellationToken) =>
        handlers.Find(handler) is { } own ? own.Queue : (await ReadElsewhereAsync(cancellationToken)).GetValueOrDefault(handler);

    /// <summary>The requests, each with a queue where its handler has one. Costs nothing for handlers that this host has.</summary>
    public async Task<IReadOnlyList<JobRequest>> FillAsync(IReadOnlyList<JobRequest> requests, CancellationToken cancellationToken)
    {
        var filled = requests;
        for (var i = 0; i < requests.Count; i++)
        {
            if (requests[i] is { Queue: null } request && await FindAsync(request.Handler, cancellationToken) is { } queue)
            {
                var list = filled as JobRequest[] ?? [.. requests];
                list[i] = request with { Queue = queue };
                filled = list;
            }
        }

        return filled;
    }

    // What was once seen is remembered: the nodes that have the handler may be restarting.
    private async Task<IReadOnlyDictionary<string, string?>> ReadElsewhereAsync(CancellationToken cancellationToken)
    {
        if (_elsewhere is { } fresh && clock.GetElapsedTime(fresh.Timestamp) < Freshness)
        {
            return fresh.Queues;
        }

        var timestamp = clock.GetTimestamp();
        var queues = new Dictionary<string, string?>(_elsewhere?.Queues ?? new Dictionary<string, string?>(), StringComparer.Ordinal);
        foreach (var (handler, queue) in await readElsewhere(cancellationToken))
        {
            queues[handler] = queue;
        }

        _elsewhere = new Reading(queues, timestamp);
        return queues;
    }

    private sealed record Reading(IReadOnlyDictionary<string, string?> Queues, long Timestamp);
}
