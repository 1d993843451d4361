using System.Text.Json;

namespace Carillon.Store.Memory;

/// <summary>What runs at this instant against what may run: paused queues, limits of queues and handlers, concurrency keys.</summary>
internal sealed class ClaimLimits
{
    private readonly IReadOnlyDictionary<string, int?> _handlerLimits;
    private readonly IReadOnlyDictionary<string, QueueSettings> _queues;
    private readonly Dictionary<string, int> _runningByQueue = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _runningByHandler = new(StringComparer.Ordinal);
    private readonly HashSet<string> _busyKeys = new(StringComparer.Ordinal);

    public ClaimLimits(IReadOnlyDictionary<string, int?> handlerLimits, IEnumerable<Definition> queues, IEnumerable<Job> running)
    {
        _handlerLimits = handlerLimits;
        _queues = queues.ToDictionary(queue => queue.Name, Read, StringComparer.Ordinal);
        foreach (var job in running)
        {
            Take(job);
        }
    }

    /// <summary>A further job runs.</summary>
    public void Take(Job job)
    {
        _runningByQueue[job.Queue] = _runningByQueue.GetValueOrDefault(job.Queue) + 1;
        _runningByHandler[job.Handler] = _runningByHandler.GetValueOrDefault(job.Handler) + 1;
        if (job.ConcurrencyKey is not null)
        {
            _busyKeys.Add(job.ConcurrencyKey);
        }
    }

    /// <summary>True while the job must wait for another one's end or for a person.</summary>
    public bool HoldBack(Job job) =>
        (job.ConcurrencyKey is not null && _busyKeys.Contains(job.ConcurrencyKey))
        || _runningByHandler.GetValueOrDefault(job.Handler) >= _handlerLimits[job.Handler]
        || (_queues.GetValueOrDefault(job.Queue) is { } queue
            && (queue.IsPaused || _runningByQueue.GetValueOrDefault(job.Queue) >= queue.MaxConcurrent));

    private static QueueSettings Read(Definition queue) =>
        JsonSerializer.Deserialize(queue.Body, StoreJson.Default.QueueSettings) ?? new QueueSettings();
}
