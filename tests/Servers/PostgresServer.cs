using System.Globalization;
using Npgsql;

namespace Carillon.Tests.Servers;

/// <summary>
/// The PostgreSQL of this run of the tests: a private one that goes with the process, or the running one that <c>CARILLON_TEST_POSTGRES</c>
/// names (a connection string). Each test has a schema of its own in it. Who stops or breaks a server takes a <see cref="PostgresProcess"/>.
/// </summary>
internal static class PostgresServer
{
    private static readonly Lazy<Task<string>> Started = new(StartAsync);
    private static readonly Lazy<Task<NpgsqlDataSource>> Shared = new(OpenAsync);
    private static int _schemas;

    // Held, so that its input is not closed by the garbage collector.
    private static PostgresProcess? _process;

    /// <summary>How to reach it.</summary>
    public static Task<string> ConnectionStringAsync => Started.Value;

    /// <summary>One pool for all tests: a connection costs more than most of them.</summary>
    public static Task<NpgsqlDataSource> SourceAsync => Shared.Value;

    /// <summary>A name that no other test of this run, nor of another process on the same server, has.</summary>
    public static string NewSchema() =>
        string.Create(CultureInfo.InvariantCulture, $"t{Environment.ProcessId}_{Interlocked.Increment(ref _schemas)}");

    /// <summary>For <c>--store</c> of a process: the server and the schema in it.</summary>
    public static async Task<string> AddressOfAsync(string schema)
    {
        var settings = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync);
        var user = settings.Password is { Length: > 0 } password ? $"{settings.Username}:{Uri.EscapeDataString(password)}" : settings.Username;
        return string.Create(CultureInfo.InvariantCulture, $"postgres://{user}@{settings.Host}:{settings.Port}/{settings.Database}?schema={schema}");
    }

    /// <summary>On a server of this run's own nothing: it goes as a whole, and to drop schemas one by one takes a third of the tests' time.</summary>
    public static async Task DropAsync(string schema)
    {
        if (_process is not null)
        {
            return;
        }

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

        _process = await PostgresProcess.StartAsync();
        return _process.ConnectionString;
    }
}
