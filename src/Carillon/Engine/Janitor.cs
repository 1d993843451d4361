using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>Takes back the claims of lost nodes, cancels what expired, removes what is past its retention.</summary>
internal sealed partial class Janitor(IStore store, TimeProvider clock, Retention retention, ILogger<Janitor> logger) : IStep
{
    private const int PurgeLimit = 1_000;
    private static readonly TimeSpan ReclaimInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);
    private DateTimeOffset _nextPurgeAt = DateTimeOffset.MinValue;
    private volatile bool _isExpiryNew;

    /// <summary>A job that can expire was accepted: look when.</summary>
    public void Expect() => _isExpiryNew = true;

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var reclaimed = await store.ReclaimAsync(now, cancellationToken);
        if (reclaimed.Count > 0)
        {
            LogReclaimed(reclaimed.Count);
        }

        if (_isExpiryNew || now >= _nextPurgeAt)
        {
            await PurgeAsync(now, cancellationToken);
        }

        var nextReclaimAt = store.IsShared ? now + ReclaimInterval : _nextPurgeAt;
        return nextReclaimAt < _nextPurgeAt ? nextReclaimAt : _nextPurgeAt;
    }

    private async Task PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        _isExpiryNew = false;
        var result = await store.PurgeAsync(retention, PurgeLimit, now, cancellationToken);
        var isMore = result.Removed + result.Expired >= PurgeLimit;
        _nextPurgeAt = isMore ? now : result.NextExpiryAt < now + PurgeInterval ? result.NextExpiryAt.Value : now + PurgeInterval;
        if (result.Removed + result.Expired > 0)
        {
            LogPurged(result.Removed, result.Expired);
        }
    }

    [LoggerMessage(1040, LogLevel.Warning, "{Count} jobs of lost nodes were taken back; they run again at once unless they were lost three times in a row")]
    private partial void LogReclaimed(int count);

    [LoggerMessage(1041, LogLevel.Debug, "{Removed} rows past their retention were removed, {Expired} jobs expired")]
    private partial void LogPurged(int removed, int expired);
}
