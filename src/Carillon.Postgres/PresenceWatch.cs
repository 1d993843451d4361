using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Carillon.Postgres;

/// <summary>
/// Waits for the lock of the next node. When it is free that node's process has gone, or its connection alone: it has a moment to come back;
/// then its lease is ended, which frees its jobs and, if it led, the lead.
/// </summary>
internal sealed partial class PresenceWatch(Connections connections, Predicate<NodePresence> isOwn, Func<int?> self, ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    // So long at most, if ever the wait should need a snapshot after all.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private readonly PresenceRing _ring = new();
    private readonly long _begunAt = Stopwatch.GetTimestamp();
    private readonly News _news = new();
    private long _seen = -1;

    public void Look() => _news.Tell();

    public void See(long ring)
    {
        if (ring != Interlocked.Read(ref _seen))
        {
            Look();
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = TimeSpan.Zero;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _ring.Forget();
                await using var session = await KeptSession.OpenAsync(connections, stopping);
                pause = TimeSpan.Zero;
                while (true)
                {
                    await WatchAsync(session, stopping);
                }
            }
            catch (Exception exception)
            {
                pause = stopping.IsCancellationRequested ? pause : Rest(exception, pause);
            }

            await Task.Delay(pause, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync(KeptSession session, CancellationToken stopping)
    {
        // Before the look: what comes after it is looked at next.
        _news.Take();
        Interlocked.Exchange(ref _seen, await PresenceTable.ReadRingAsync(session));
        var seen = _ring.Decide(self(), (await PresenceTable.LookAsync(session)).FindAll(node => !isOwn(node)), Stopwatch.GetElapsedTime(_begunAt));
        foreach (var node in seen.Gone)
        {
            if (await connections.RunAloneAsync(transaction => PresenceTable.EndAsync(transaction, node), stopping) is { } owner)
            {
                LogGone(owner);
            }
        }

        await (seen.IsAnyAway ? Task.Delay(PresenceRing.Grace, TimeProvider.System, stopping)
            : seen.Next is { } slot ? WaitAsync(session, slot, stopping)
            : _news.WaitAsync(stopping));
    }

    // Until the lock comes free, or there is news, or it is time to begin anew.
    private async Task WaitAsync(KeptSession session, int slot, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        end.CancelAfter(LongestWait);
        await using var begun = await session.Connection.BeginTransactionAsync(stopping);
        var (free, news) = (PresenceTable.WaitAsync(session.Until(end.Token), slot), _news.WaitAsync(end.Token));
        await Task.WhenAny(free, news);
        await end.CancelAsync();
        await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await free;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // It was waited for in vain.
        }
    }

    private TimeSpan Rest(Exception exception, TimeSpan pause)
    {
        LogLost(exception.Message);
        return pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(100) : pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }

    [LoggerMessage(2135, LogLevel.Warning, "Node {Node} is gone: its connection ended and did not come back. Its lease is ended, its jobs run elsewhere at once.")]
    private partial void LogGone(string node);

    [LoggerMessage(2136, LogLevel.Warning, "The connection by which this node watches another one was lost ({Reason}); it is made again. Until then a node that dies is noticed when its lease ends.")]
    private partial void LogLost(string reason);
}
