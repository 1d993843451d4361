using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Carillon.Tests.Servers;

/// <summary>A private PostgreSQL, made in a temporary directory on a free port of the loopback; it goes, with its files, when it is disposed or this process ends.</summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    private const string HowToInstall = "PostgreSQL's programs (initdb, postgres) were not found. On Debian or Ubuntu: sudo apt-get install postgresql; or set CARILLON_TEST_POSTGRES to the connection string of a running server.";

    // Nothing of a test's data needs to survive the machine.
    private static readonly string[] Hasty = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB", "autovacuum=off", "max_locks_per_transaction=256"];

    private readonly Process _watch;

    private PostgresProcess(Process watch, string directory, string programs, int port) =>
        (_watch, DirectoryPath, Programs, Port) = (watch, directory, programs, port);

    /// <summary>Its directory: <c>data</c>, <c>log</c> and the socket stand in it.</summary>
    public string DirectoryPath { get; }

    /// <summary>Where its programs are: <c>pg_ctl</c>, <c>initdb</c>.</summary>
    public string Programs { get; }

    public int Port { get; }

    public string ConnectionString => Text($"Host=127.0.0.1;Port={Port};Username=carillon;Database=postgres");

    /// <summary>The same for <c>--store</c>, with the schema.</summary>
    public string AddressOf(string schema) => Text($"postgres://carillon@127.0.0.1:{Port}/postgres?schema={schema}");

    private string Data => Path.Combine(DirectoryPath, "data");

    /// <param name="settings">As <c>postgres -c</c> takes them: <c>fsync=on</c>; each counts over what tests have by default.</param>
    public static async Task<PostgresProcess> StartAsync(params string[] settings)
    {
        var programs = FindPrograms() ?? throw new InvalidOperationException(HowToInstall);
        var directory = await NewDirectoryAsync();
        await EndAsync(LaunchAsUser(Path.Combine(programs, "initdb"), "-D", Path.Combine(directory, "data"), "-U", "carillon", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"));
        return await StartAsync(programs, directory, settings);
    }

    /// <summary>A standby that follows this server.</summary>
    public async Task<PostgresProcess> StartStandbyAsync(params string[] settings)
    {
        var directory = await NewDirectoryAsync();
        await RunAsync("pg_basebackup", "-h", "127.0.0.1", "-p", Text($"{Port}"), "-U", "carillon", "-D", Path.Combine(directory, "data"), "-R", "-X", "stream", "-c", "fast", "--no-sync");
        return await StartAsync(Programs, directory, settings);
    }

    /// <summary>Ends it.</summary>
    /// <param name="mode">fast: connections are closed, transactions under way are lost; immediate: as by a crash.</param>
    /// <returns>What starts it again as it was.</returns>
    public async Task<Func<string, Task>> StopAsync(string mode)
    {
        // The program and what it was started with, as it wrote it down itself.
        var command = (await File.ReadAllTextAsync(Path.Combine(Data, "postmaster.opts"))).Trim();
        var options = command[command.IndexOf('"', StringComparison.Ordinal)..];
        await RunAsync("pg_ctl", "stop", "-D", Data, "-m", mode, "-w");
        return more => RunAsync("pg_ctl", "start", "-D", Data, "-l", Path.Combine(DirectoryPath, "log"), "-o", $"{options} {more}", "-w");
    }

    /// <summary>Makes a standby take over.</summary>
    public Task PromoteAsync() => RunAsync("pg_ctl", "promote", "-D", Data, "-w");

    private static async Task<PostgresProcess> StartAsync(string programs, string directory, string[] settings)
    {
        var port = FreePort();
        var server = new PostgresProcess(StartServer(Path.Combine(programs, "postgres"), directory, port, settings), directory, programs, port);
        await server.UntilReadyAsync();
        return server;
    }

    /// <summary>Waits until it takes connections.</summary>
    public async Task UntilReadyAsync()
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

    /// <summary>Runs one of its programs as the user it runs as: <c>pg_ctl restart</c>. Fails with what it wrote.</summary>
    public Task RunAsync(string program, params string[] arguments) => EndAsync(LaunchAsUser(Path.Combine(Programs, program), arguments));

    public async ValueTask DisposeAsync()
    {
        _watch.StandardInput.Close();
        await _watch.WaitForExitAsync();
        _watch.Dispose();
    }

    private static string? FindPrograms() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending().Select(version => $"{version}/bin") : [])
            .Where(path => File.Exists(Path.Combine(path, "initdb")) && File.Exists(Path.Combine(path, "postgres")))

            // Where links to some of them stand, the others are where they lead to.
            .Select(path => Path.GetDirectoryName(File.ResolveLinkTarget(Path.Combine(path, "initdb"), returnFinalTarget: true)?.FullName) ?? path)
            .FirstOrDefault();

    private static async Task<string> NewDirectoryAsync()
    {
        var directory = Directory.CreateTempSubdirectory("carillon-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await EndAsync(Launch("chown", "postgres", directory));
        }

        return directory;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // The shell waits for the end of its input, which comes with the end of the tests' process however it ends; then the server goes, and
    // its files. A server that was started anew meanwhile is another process: it is found by its file.
    private static Process StartServer(string program, string directory, int port, string[] settings)
    {
        const string Watch = """dir=$1; shift; "$@" >"$dir/log" 2>&1 & server=$!; cat >/dev/null; now=$(head -n 1 "$dir/data/postmaster.pid" 2>/dev/null); kill -INT ${now:-$server}; wait $server; while [ -e "$dir/data/postmaster.pid" ] && kill -0 ${now:-$server} 2>/dev/null; do sleep 0.05; done; rm -rf "$dir" """;
        string[] all = ["listen_addresses=127.0.0.1", $"unix_socket_directories={directory}", .. Hasty, .. settings];
        return LaunchAsUser("sh", ["-c", Watch, "sh", directory, program, "-D", Path.Combine(directory, "data"), "-p", Text($"{port}"), .. all.SelectMany(setting => new[] { "-c", setting })]);
    }

    // PostgreSQL refuses to run as root.
    private static Process LaunchAsUser(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess ? Launch("runuser", ["-u", "postgres", "--", program, .. arguments]) : Launch(program, arguments);

    private static Process Launch(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() })!;

    private static async Task EndAsync(Process process)
    {
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{string.Join(' ', process.StartInfo.ArgumentList.Prepend(process.StartInfo.FileName))} failed: {await output}{await error}");
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
