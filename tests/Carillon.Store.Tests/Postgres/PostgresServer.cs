using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>
/// A private PostgreSQL for this run of the tests, made in a temporary directory and gone with the process; or the running one that
/// <c>CARILLON_TEST_POSTGRES</c> names (a connection string). Each test has a schema of its own in it.
/// </summary>
internal static class PostgresServer
{
    private const string HowToInstall = "PostgreSQL's programs (initdb, postgres) were not found. On Debian or Ubuntu: sudo apt-get install postgresql; or set CARILLON_TEST_POSTGRES to the connection string of a running server.";
    private static readonly Lazy<Task<string>> Started = new(StartAsync);
    private static readonly Lazy<Task<NpgsqlDataSource>> Shared = new(OpenAsync);
    private static int _schemas;

    // Held, so that its input is not closed by the garbage collector.
    private static Process? _watch;

    /// <summary>How to reach it.</summary>
    public static Task<string> ConnectionStringAsync => Started.Value;

    /// <summary>One pool for all tests: a connection costs more than most of them.</summary>
    public static Task<NpgsqlDataSource> SourceAsync => Shared.Value;

    /// <summary>A name that no other test of this run, nor of another process on the same server, has.</summary>
    public static string NewSchema() =>
        string.Create(CultureInfo.InvariantCulture, $"t{Environment.ProcessId}_{Interlocked.Increment(ref _schemas)}");

    public static async Task DropAsync(string schema)
    {
        await using var command = (await SourceAsync).CreateCommand($"drop schema if exists {schema} cascade");
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<NpgsqlDataSource> OpenAsync() =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(await ConnectionStringAsync) { MaxPoolSize = 60, NoResetOnClose = true, MaxAutoPrepare = 40, AutoPrepareMinUsages = 5 });

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("CARILLON_TEST_POSTGRES") is { Length: > 0 } given)
        {
            return given;
        }

        var bin = FindPrograms() ?? throw new InvalidOperationException(HowToInstall);
        var directory = Directory.CreateTempSubdirectory("carillon-pg-");
        var data = Path.Combine(directory.FullName, "data");
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", directory.FullName);
        }

        await RunAsUserAsync(Path.Combine(bin, "initdb"), "-D", data, "-U", "carillon", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C");
        var port = FreePort();
        StartServer(Path.Combine(bin, "postgres"), directory.FullName, port);
        return await UntilReadyAsync($"Host=127.0.0.1;Port={port};Username=carillon;Database=postgres");
    }

    private static string? FindPrograms() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending().Select(version => $"{version}/bin") : [])
            .FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")) && File.Exists(Path.Combine(path, "postgres")));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Nothing of a test's data needs to survive the machine. The shell waits for the end of its input, which comes with the end of the
    // tests' process however it ends; then the server goes, and its files.
    private static void StartServer(string program, string directory, int port)
    {
        const string Watch = """dir=$1; shift; "$@" >"$dir/log" 2>&1 & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$dir" """;
        string[] settings = ["listen_addresses=127.0.0.1", $"unix_socket_directories={directory}", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
            "max_connections=200", "shared_buffers=64MB", "autovacuum=off", "max_locks_per_transaction=256"];
        string[] server = [program, "-D", Path.Combine(directory, "data"), "-p", port.ToString(CultureInfo.InvariantCulture), .. settings.SelectMany(setting => new[] { "-c", setting })];
        _watch = Launch("sh", ["-c", Watch, "sh", directory, .. server]);
    }

    private static async Task<string> UntilReadyAsync(string connectionString)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync();
                return connectionString;
            }
            catch (NpgsqlException) when (tries < 300)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    // PostgreSQL refuses to run as root.
    private static Process Launch(string program, params string[] arguments)
    {
        string[] command = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", program, .. arguments] : [program, .. arguments];
        return LaunchDirectly(command[0], command[1..]);
    }

    private static Process LaunchDirectly(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() })!;

    private static async Task RunAsUserAsync(string program, params string[] arguments) => await EndAsync(Launch(program, arguments), program);

    private static async Task RunAsync(string program, params string[] arguments) =>
        await EndAsync(LaunchDirectly(program, arguments), program);

    private static async Task EndAsync(Process process, string program)
    {
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{program} failed: {await output}{await error}");
            }
        }
    }
}
