using System.Diagnostics;
using System.Globalization;
using Carillon.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// Tells the other processes what was committed here. Now and then with the commit itself; under load after the commit and beside it, for
/// <c>NOTIFY</c> inside makes every such commit of the database wait for the last: one message at a time, what comes meanwhile goes with the next. A message lost with its process is
/// covered by the sleepers' sweep.
/// </summary>
internal sealed partial class Notifier(Connections connections, string channel, ILogger logger)
{
    // Under load no more than one message in this time; an idle node's message goes at once.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // The same for statements that take theirs along: a short job's beginning and its end.
    private const int MostTaken = 2;

    // The message is a hint: it need not wait for the disk.
    private const string NotifySql = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
    private readonly Lock _lock = new();
    private StoreSignal _open;
    private bool _isSending;
    private long _takenAt;
    private int _taken;

    /// <summary>Marks this process's own messages, which it need not hear.</summary>
    public string Sender { get; } = new Chance().NextLong().ToString("x", CultureInfo.InvariantCulture);

    /// <summary>The message, for a statement that takes it along in its own commit; null where the last one is too fresh.</summary>
    public string? TryTake(StoreSignal signal)
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_takenAt) >= Pause)
            {
                (_takenAt, _taken) = (Stopwatch.GetTimestamp(), 0);
            }

            return _isSending || ++_taken > MostTaken ? null : Message(signal);
        }
    }

    public void Tell(StoreSignal signal)
    {
        lock (_lock)
        {
            _open |= signal;
            if (_open == StoreSignal.None || _isSending)
            {
                return;
            }

            _isSending = true;
        }

        _ = SendAllAsync();
    }

    // Nothing awaits it, and it must not throw.
    private async Task SendAllAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (Take() is var signal and not StoreSignal.None)
        {
            try
            {
                await SendAsync(signal);
            }
            catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException or InvalidOperationException)
            {
                LogNotSent(exception.Message);
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private StoreSignal Take()
    {
        lock (_lock)
        {
            (var taken, _open) = (_open, StoreSignal.None);
            _isSending = taken != StoreSignal.None;
            return taken;
        }
    }

    private async Task SendAsync(StoreSignal signal)
    {
        await using var command = connections.Source.CreateCommand(NotifySql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = channel });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Message(signal) });
        await command.ExecuteNonQueryAsync();
    }

    private string Message(StoreSignal signal) => string.Create(CultureInfo.InvariantCulture, $"{Sender} {(int)signal}");

    [LoggerMessage(2120, LogLevel.Debug, "Other nodes could not be told of news ({Reason}); they look by themselves within half a minute.")]
    private partial void LogNotSent(string reason);
}
