using Carillon.Tests.Servers;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// A PostgreSQL that the fault tests may stop and break, with the durability that servers have by default but for what only a crash of
/// the machine would show. Those of a collection share it, and run one after the other.
/// </summary>
public sealed class FaultPostgres : IAsyncLifetime
{
    private PostgresProcess? _server;
    private Func<string, Task> _start = static _ => Task.CompletedTask;

    internal PostgresProcess Server => _server ?? throw new InvalidOperationException("PostgreSQL was not started.");

    public async Task InitializeAsync() => _server = await PostgresProcess.StartAsync("synchronous_commit=on");

    public Task DisposeAsync() => _server?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    /// <summary>Ends it: connections are closed, transactions under way are lost.</summary>
    internal async Task StopAsync() => _start = await Server.StopAsync("fast");

    /// <summary>Starts it again as it was.</summary>
    internal Task StartAsync() => _start("");
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
