using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Carillon.Tests.Servers;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>A PgBouncer before the PostgreSQL of this run; it goes, with its files, when it is disposed or this process ends.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly Process _watch;

    private PgBouncer(Process watch, string connectionString) => (_watch, ConnectionString) = (watch, connectionString);

    /// <summary>How to reach the database through it.</summary>
    public string ConnectionString { get; }

    /// <summary>Its program; null where it is not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(path => Path.Combine(path, "pgbouncer")).FirstOrDefault(File.Exists);

    /// <param name="mode"><c>transaction</c> or <c>session</c>.</param>
    public static async Task<PgBouncer> StartAsync(string mode)
    {
        var server = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync);
        var directory = Directory.CreateTempSubdirectory("carillon-bouncer-").FullName;
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(directory, "users"), $"\"{server.Username}\" \"{server.Password}\"\n");
        await File.WriteAllTextAsync(Path.Combine(directory, "ini"), string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host={server.Host} port={server.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {directory}/users
            pool_mode = {mode}
            default_pool_size = 10
            max_client_conn = 100
            """));
        var bouncer = new PgBouncer(Start(directory), new NpgsqlConnectionStringBuilder(server.ConnectionString) { Host = "127.0.0.1", Port = port }.ConnectionString);
        await bouncer.UntilReadyAsync();
        return bouncer;
    }

    public async ValueTask DisposeAsync()
    {
        _watch.StandardInput.Close();
        await _watch.WaitForExitAsync();
        _watch.Dispose();
    }

    // It refuses to run as root. The shell waits for the end of its input, which comes with the end of this process however it ends.
    private static Process Start(string directory)
    {
        const string Watch = """dir=$1; shift; "$@" >"$dir/log" 2>&1 & bouncer=$!; cat >/dev/null; kill -TERM $bouncer; wait $bouncer; rm -rf "$dir" """;
        const string AsUser = """chown -R postgres "$4"; exec runuser -u postgres -- sh "$@" """;
        string[] watch = ["-c", Watch, "sh", directory, Program!, Path.Combine(directory, "ini")];
        string[] command = Environment.IsPrivilegedProcess ? ["-c", AsUser, "sh", .. watch] : watch;
        return Process.Start(new ProcessStartInfo("sh", command) { RedirectStandardInput = true, WorkingDirectory = Path.GetTempPath() })!;
    }

    private async Task UntilReadyAsync()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString);
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (tries < 300)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
