using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>Rate limits during one claim. A lane's jobs are all of one queue and one group, so a rate opens and closes lanes as a whole.</summary>
internal sealed class ClaimRates(Transaction transaction, DateTimeOffset now)
{
    private readonly Board _board = transaction.Board;
    private readonly HashSet<Bucket> _spent = [];

    /// <summary>Starts of the lane are counted.</summary>
    public bool IsRated(Lane lane) => _board.SettingsOf(lane.Queue) is { } settings && (settings.MaxRate ?? settings.MaxRatePerGroup) is not null;

    /// <summary>When a job of the lane may begin, as far as rates go (ticks).</summary>
    public long OpensAt(Lane lane) => _board.SettingsOf(lane.Queue) is not { } settings
        ? long.MinValue
        : Math.Max(OpensAt(settings, new Bucket(lane.Queue, null)), OpensAt(settings, new Bucket(lane.Queue, lane.Group ?? "")));

    /// <summary>A job of the lane begins.</summary>
    public void Start(Lane lane)
    {
        if (_board.SettingsOf(lane.Queue) is { } settings)
        {
            Start(settings, new Bucket(lane.Queue, null));
            Start(settings, new Bucket(lane.Queue, lane.Group ?? ""));
        }
    }

    /// <summary>Once a claim, however many began.</summary>
    public void Save(IReadOnlyCollection<string> turned) => BucketTable.Save(transaction, _spent, turned);

    private long OpensAt(QueueSettings settings, Bucket bucket) => settings.RateOf(bucket) is { } rate && _board.Buckets.TryGetValue(bucket, out var fullAt)
        ? Instants.ToTicks(rate.NextStart(fullAt))
        : long.MinValue;

    private void Start(QueueSettings settings, Bucket bucket)
    {
        if (settings.RateOf(bucket) is { } rate)
        {
            _board.Buckets[bucket] = rate.Take(_board.Buckets.GetValueOrDefault(bucket), now);
            _spent.Add(bucket);
        }
    }
}
