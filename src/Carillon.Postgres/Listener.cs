using System.Globalization;
using Carillon.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// Hears what other processes committed, on a connection of its own. When that is lost it is made again, and everybody is woken once:
/// what was said meanwhile is not known.
/// </summary>
internal sealed partial class Listener(Connections connections, Notifier notifier, string channel, Action<StoreSignal> hear, ILogger logger) : IAsyncDisposable
{
    private const StoreSignal Everything = StoreSignal.Jobs | StoreSignal.Schedules | StoreSignal.Cancels | StoreSignal.Ended | StoreSignal.Expiries | StoreSignal.Nodes | StoreSignal.Locks;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    // A network that swallows everything shows itself by the lack of an answer to this.
    private static readonly TimeSpan Probe = TimeSpan.FromMinutes(10);
    private readonly CancellationTokenSource _stopping = new();
    private Task _listening = Task.CompletedTask;

    /// <summary>Listens from now on; comes back once it does.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        _listening = Task.Run(() => ListenAsync(connection), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _listening;
        _stopping.Dispose();
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await connections.OpenSessionAsync(cancellationToken);
        try
        {
            connection.Notification += OnNotification;
            await using var command = new NpgsqlCommand($"listen \"{channel}\"", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task ListenAsync(NpgsqlConnection? connection)
    {
        var pause = ShortestPause;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (connection is null)
                {
                    connection = await OpenAsync(_stopping.Token);
                    (pause, var signal) = (ShortestPause, Everything);
                    hear(signal);
                }

                await WaitAsync(connection);
            }
            catch (Exception exception)
            {
                connection = await CloseAsync(connection);
                pause = await RestAsync(exception, pause);
            }
        }

        await CloseAsync(connection);
    }

    private async Task WaitAsync(NpgsqlConnection connection)
    {
        while (true)
        {
            if (!await connection.WaitAsync(Probe, _stopping.Token))
            {
                await using var command = new NpgsqlCommand("", connection);
                await command.ExecuteNonQueryAsync(_stopping.Token);
            }
        }
    }

    private async Task<NpgsqlConnection?> CloseAsync(NpgsqlConnection? connection)
    {
        if (connection is null)
        {
            return null;
        }

        connection.Notification -= OnNotification;
        try
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                // Back in the pool it must hear nothing any more.
                await using var command = new NpgsqlCommand("unlisten *", connection);
                await command.ExecuteNonQueryAsync();
            }
        }
        catch (NpgsqlException exception)
        {
            LogLost(exception.Message);
        }

        await connection.DisposeAsync();
        return null;
    }

    private async Task<TimeSpan> RestAsync(Exception exception, TimeSpan pause)
    {
        if (_stopping.IsCancellationRequested)
        {
            return pause;
        }

        LogLost(exception.Message);
        await Task.Delay(pause, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs message)
    {
        var (from, said) = message.Payload.Split(' ') is [var name, var bits] && int.TryParse(bits, CultureInfo.InvariantCulture, out var number) ? (name, number) : ("", 0);
        if (from != notifier.Sender && said != 0)
        {
            hear((StoreSignal)said);
        }
    }

    [LoggerMessage(2121, LogLevel.Warning, "The connection that listens for news of other nodes was lost ({Reason}); it is made again. Until then news come by the sweep.")]
    private partial void LogLost(string reason);
}
