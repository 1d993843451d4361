using Carillon.Tests.Servers;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// A PostgreSQL that the fault tests may stop and break, with the durability that servers have by default but for what only a crash of
/// the machine would show. Those of a collection share it, and run one after the other.
/// </summary>
public sealed class FaultPostgres : IAsyncLifetime
{
    private PostgresProcess? _server;
    private string _options = "";

    internal PostgresProcess Server => _server ?? throw new InvalidOperationException("PostgreSQL was not started.");

    private string Data => Path.Combine(Server.DirectoryPath, "data");

    public async Task InitializeAsync() => _server = await PostgresProcess.StartAsync("synchronous_commit=on");

    public Task DisposeAsync() => _server?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    /// <summary>Ends it: connections are closed, transactions under way are lost.</summary>
    internal async Task StopAsync()
    {
        // The program and what it was started with, as it wrote it down itself.
        var command = (await File.ReadAllTextAsync(Path.Combine(Data, "postmaster.opts"))).Trim();
        _options = command[command.IndexOf('"', StringComparison.Ordinal)..];
        await Server.RunAsync("pg_ctl", "stop", "-D", Data, "-m", "fast", "-w");
    }

    /// <summary>Starts it again as it was.</summary>
    internal Task StartAsync() => Server.RunAsync("pg_ctl", "start", "-D", Data, "-l", Path.Combine(Server.DirectoryPath, "log"), "-o", _options, "-w");
}

/// <summary>Tests that break a cluster, one after the other; beside them run those of <see cref="OtherFaultCollection"/>.</summary>
[CollectionDefinition(Name)]
public sealed class FaultCollection : ICollectionFixture<FaultPostgres>
{
    public const string Name = "cluster faults";
}

/// <summary>More of them, on a server of their own. Here are those that load a machine without measuring what it does in moments, and the pauses, which mostly wait.</summary>
[CollectionDefinition(Name)]
public sealed class OtherFaultCollection : ICollectionFixture<FaultPostgres>
{
    public const string Name = "other cluster faults";
}
