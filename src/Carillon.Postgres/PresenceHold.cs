using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>Holds this process's slot, in a transaction that stays open on a connection of its own; takes it again when that is lost.</summary>
internal sealed partial class PresenceHold(Connections connections, ConcurrentDictionary<string, long> leases, Action told, ILogger logger)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private readonly News _news = new();
    private int _slot;

    /// <summary>Told when the leases of this process say its slot.</summary>
    public event Action? Published;

    /// <summary>Null while none is held.</summary>
    public int? Slot => Volatile.Read(ref _slot) is > 0 and var slot ? slot : null;

    /// <summary>A lease of this process is new: write the slot into it.</summary>
    public void Publish() => _news.Tell();

    public async Task RunAsync(CancellationToken stopping)
    {
        var (pause, last) = (TimeSpan.Zero, (int?)null);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var session = await KeptSession.OpenAsync(connections, stopping);
                await using var begun = await session.Connection.BeginTransactionAsync(stopping);
                if (await PresenceTable.TryTakeAsync(session, last) is not { } slot)
                {
                    LogNoSlot();
                    return;
                }

                (pause, last) = (TimeSpan.Zero, slot);
                Volatile.Write(ref _slot, slot);
                await HoldAsync(session, slot, stopping);
            }
            catch (Exception exception)
            {
                pause = stopping.IsCancellationRequested ? pause : Rest(exception, pause);
            }

            Volatile.Write(ref _slot, 0);
            await Task.Delay(pause, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The connection is only waited on: what ends the wait is its end. Meanwhile the slot is written into each new lease, by another one.
    private async Task HoldAsync(KeptSession session, int slot, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _news.Tell();
        var publishing = PublishAllAsync(slot, ended.Token);
        try
        {
            while (true)
            {
                await session.Connection.WaitAsync(stopping);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await publishing;
        }
    }

    private async Task PublishAllAsync(int slot, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await _news.WaitAsync(ended);
                _news.Take();
                await using var session = await KeptSession.OpenAsync(connections, ended);
                if (await PresenceTable.PublishAsync(session, slot, [.. leases]))
                {
                    told();
                }

                Published?.Invoke();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (NpgsqlException exception)
            {
                LogNotPublished(exception.Message);
                _news.Tell();
                await Task.Delay(RetryPause, TimeProvider.System, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TimeSpan Rest(Exception exception, TimeSpan pause)
    {
        LogLost(exception.Message);
        return pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(50) : pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }

    [LoggerMessage(2130, LogLevel.Warning, "The connection by which other nodes see that this one lives was lost ({Reason}); it is made again. If that takes long, they take this node's jobs over.")]
    private partial void LogLost(string reason);

    [LoggerMessage(2131, LogLevel.Warning, "The other nodes were not told by which lock to see that this one lives ({Reason}); should it die, they notice by its lease.")]
    private partial void LogNotPublished(string reason);

    [LoggerMessage(2132, LogLevel.Warning, "64 nodes are there already: should this one die, the others notice when its lease ends, not at once.")]
    private partial void LogNoSlot();
}
