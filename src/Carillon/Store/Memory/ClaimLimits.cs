namespace Carillon.Store.Memory;

/// <summary>What runs at this instant against what may run: paused queues, limits of queues and handlers, concurrency keys, rates.</summary>
internal sealed class ClaimLimits
{
    private readonly IReadOnlyDictionary<string, int?> _handlerLimits;
    private readonly IReadOnlyDictionary<string, QueueSettings> _queues;
    private readonly Dictionary<Bucket, DateTimeOffset> _buckets;
    private readonly Dictionary<string, int> _runningByQueue = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _runningByHandler = new(StringComparer.Ordinal);
    private readonly HashSet<string> _busyKeys = new(StringComparer.Ordinal);

    public ClaimLimits(IReadOnlyDictionary<string, int?> handlerLimits, IEnumerable<Definition> queues, IReadOnlyDictionary<Bucket, DateTimeOffset> buckets, IEnumerable<Job> running)
    {
        _handlerLimits = handlerLimits;
        _queues = queues.ToDictionary(queue => queue.Name, queue => QueueSettings.Read(queue.Body), StringComparer.Ordinal);
        _buckets = new Dictionary<Bucket, DateTimeOffset>(buckets);
        foreach (var job in running)
        {
            Take(job);
        }
    }

    /// <summary>A further job begins; says which buckets that leaves spent.</summary>
    public IReadOnlyList<SpentBucket> Start(Job job, DateTimeOffset now)
    {
        Take(job);
        var spent = BucketsOf(job).Select(limit => new SpentBucket(limit.Bucket, limit.Rate.Take(_buckets.GetValueOrDefault(limit.Bucket), now))).ToList();
        spent.ForEach(bucket => _buckets[bucket.Bucket] = bucket.FullAt);
        return spent;
    }

    /// <summary>True while the job must wait for another one's end or for a person.</summary>
    public bool HoldBack(Job job) =>
        (job.ConcurrencyKey is not null && _busyKeys.Contains(job.ConcurrencyKey))
        || _runningByHandler.GetValueOrDefault(job.Handler) >= _handlerLimits[job.Handler]
        || SettingsOf(job) is var queue && (queue.IsPaused || _runningByQueue.GetValueOrDefault(job.Queue) >= queue.MaxConcurrent);

    /// <summary>When it may begin: its own instant, or the next start that its rate limits allow.</summary>
    public DateTimeOffset MayBeginAt(Job job) => BucketsOf(job)
        .Where(limit => _buckets.ContainsKey(limit.Bucket))
        .Select(limit => limit.Rate.NextStart(_buckets[limit.Bucket]))
        .Append(job.RunAt).Max();

    /// <summary>A rate limit counts its start.</summary>
    public bool IsRated(Job job) => BucketsOf(job).Any();

    public bool IsFair(string queue) => _queues.GetValueOrDefault(queue)?.IsFair == true;

    private void Take(Job job)
    {
        _runningByQueue[job.Queue] = _runningByQueue.GetValueOrDefault(job.Queue) + 1;
        _runningByHandler[job.Handler] = _runningByHandler.GetValueOrDefault(job.Handler) + 1;
        if (job.ConcurrencyKey is not null)
        {
            _busyKeys.Add(job.ConcurrencyKey);
        }
    }

    private QueueSettings SettingsOf(Job job) => _queues.GetValueOrDefault(job.Queue) ?? QueueSettings.None;

    private IEnumerable<(Bucket Bucket, RateLimit Rate)> BucketsOf(Job job) =>
        new[] { new Bucket(job.Queue, null), new Bucket(job.Queue, job.Group ?? "") }
            .Select(bucket => (bucket, Rate: SettingsOf(job).RateOf(bucket))).Where(limit => limit.Rate is not null).Select(limit => (limit.bucket, limit.Rate!));
}
