using System.Runtime.InteropServices;
using System.Text.Json;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>
/// What the writer knows without asking the file: the lanes, the running jobs and what they keep busy, the queues' settings, the
/// leases. Only the writer's thread touches it. After a rollback it is read anew.
/// </summary>
internal sealed class Board
{
    private readonly Dictionary<(string Queue, string Handler, int Priority, string? Group), Lane> _lanes = [];
    private readonly Dictionary<long, Lane> _lanesById = [];
    private readonly Dictionary<Guid, RunningJob> _running = [];
    private readonly Dictionary<string, int> _runningByQueue = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _runningByHandler = new(StringComparer.Ordinal);
    private readonly HashSet<string> _busyKeys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueueSettings> _queues = new(StringComparer.Ordinal);

    // The earliest instant of all schedules that are not paused; null for none.
    private DateTimeOffset? _schedulesFrom;
    private bool _isSchedulesFromExact;

    /// <summary>It may not agree with the file.</summary>
    public bool IsStale { get; set; } = true;

    public Leases Leases { get; set; } = Leases.None;

    public IReadOnlyCollection<Lane> Lanes => _lanesById.Values;

    public IReadOnlyCollection<RunningJob> Running => _running.Values;

    /// <summary>No job in the file has a greater id: a greater one is new without looking.</summary>
    public Guid GreatestId { get; set; }

    /// <summary>False: no job waits for another one, so an end need not look for dependents.</summary>
    public bool HasDependents { get; set; }

    /// <summary>What is spent of rate limits.</summary>
    public Dictionary<Bucket, DateTimeOffset> Buckets { get; } = [];

    /// <summary>The group that had each fair queue's last turn.</summary>
    public Dictionary<string, string> Turns { get; } = new(StringComparer.Ordinal);

    /// <summary>No job that succeeded, and none that was cancelled, ended earlier and is kept as long as the host keeps them.</summary>
    public (long Succeeded, long Cancelled) PurgedTo { get; set; }

    /// <summary>Null: the next purge has to look.</summary>
    public PurgeRest? PurgeRest { get; set; }

    /// <summary>No job that has not begun expires earlier.</summary>
    public DateTimeOffset ExpiresFrom { get; set; }

    /// <summary>The last number given in the journal.</summary>
    public long JournalSequence { get; set; }

    /// <summary>A job with this id was made. False: such an id may have been there before.</summary>
    public bool IsNew(Guid id)
    {
        var isNew = id.CompareTo(GreatestId) > 0;
        GreatestId = isNew ? id : GreatestId;
        return isNew;
    }

    /// <summary>False: nothing is, and the next will be at <paramref name="nextAt"/>. True: the file has to be asked.</summary>
    public bool IsScheduleDue(DateTimeOffset now, out DateTimeOffset? nextAt)
    {
        nextAt = _schedulesFrom;
        return !_isSchedulesFromExact || _schedulesFrom <= now;
    }

    /// <summary>The earliest instant of a schedule, as the file says.</summary>
    public void SetSchedulesFrom(DateTimeOffset? nextAt) => (_schedulesFrom, _isSchedulesFromExact) = (nextAt, true);

    /// <summary>A schedule's next instant changed.</summary>
    public void MoveSchedule(DateTimeOffset? before, DateTimeOffset? after)
    {
        _isSchedulesFromExact &= !(before <= _schedulesFrom);
        if (_isSchedulesFromExact && (_schedulesFrom is null || after < _schedulesFrom))
        {
            _schedulesFrom = after ?? _schedulesFrom;
        }
    }

    public RunningJob? FindRunning(Guid id) => _running.GetValueOrDefault(id);

    public bool IsBusy(string? concurrencyKey) => concurrencyKey is not null && _busyKeys.Contains(concurrencyKey);

    /// <summary>Paused, or as many jobs of it run as may.</summary>
    public bool IsQueueClosed(string queue) =>
        _queues.TryGetValue(queue, out var settings)
        && (settings.IsPaused || _runningByQueue.GetValueOrDefault(queue) >= settings.MaxConcurrent);

    public int CountRunningOf(string handler) => _runningByHandler.GetValueOrDefault(handler);

    /// <summary>How a queue is limited; null for one without settings.</summary>
    public QueueSettings? SettingsOf(string queue) => _queues.Count == 0 ? null : _queues.GetValueOrDefault(queue);

    public Lane? FindLane(Job job) => _lanes.GetValueOrDefault((job.Queue, job.Handler, job.Priority, job.Group));

    public Lane LaneOf(long id) => _lanesById[id];

    public void Add(Lane lane)
    {
        _lanes.Add((lane.Queue, lane.Handler, lane.Priority, lane.Group), lane);
        _lanesById.Add(lane.Id, lane);
    }

    public void Remove(Lane lane)
    {
        _lanes.Remove((lane.Queue, lane.Handler, lane.Priority, lane.Group));
        _lanesById.Remove(lane.Id);
    }

    /// <summary>A job runs from now on, or its row changed while it runs.</summary>
    public void Put(RunningJob running)
    {
        if (!_running.ContainsKey(running.Job.Id))
        {
            Count(_runningByQueue, running.Job.Queue, 1);
            Count(_runningByHandler, running.Job.Handler, 1);
            if (running.Job.ConcurrencyKey is { } key)
            {
                _busyKeys.Add(key);
            }
        }

        _running[running.Job.Id] = running;
    }

    /// <summary>A job does not run any more.</summary>
    public void Free(Job job)
    {
        if (_running.Remove(job.Id))
        {
            Count(_runningByQueue, job.Queue, -1);
            Count(_runningByHandler, job.Handler, -1);
            if (job.ConcurrencyKey is { } key)
            {
                _busyKeys.Remove(key);
            }
        }
    }

    public void SetQueue(string name, string? body)
    {
        _queues.Remove(name);
        if (body is not null && JsonSerializer.Deserialize(body, StoreJson.Default.QueueSettings) is { } settings)
        {
            _queues.Add(name, settings);
        }
    }

    /// <summary>Reads all of it but the leases, which are nowhere else.</summary>
    public void Load(Database database)
    {
        Clear();
        BoardFile.Load(database, this);
        IsStale = false;
    }

    private void Clear()
    {
        _lanes.Clear();
        _lanesById.Clear();
        _running.Clear();
        _runningByQueue.Clear();
        _runningByHandler.Clear();
        _busyKeys.Clear();
        _queues.Clear();
        Buckets.Clear();
        Turns.Clear();
        PurgedTo = (long.MinValue, long.MinValue);
        _isSchedulesFromExact = false;
        PurgeRest = null;
        ExpiresFrom = DateTimeOffset.MinValue;
    }

    private static void Count(Dictionary<string, int> counts, string name, int step) =>
        CollectionsMarshal.GetValueRefOrAddDefault(counts, name, out _) += step;
}
