using Carillon.Tests.Servers;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// A PostgreSQL that the fault tests may stop and break, with the durability that servers have by default but for what only a crash of
/// the machine would show. They share it, and run one after the other.
/// </summary>
public sealed class FaultPostgres : IAsyncLifetime
{
    private PostgresProcess? _server;

    internal PostgresProcess Server => _server ?? throw new InvalidOperationException("PostgreSQL was not started.");

    public async Task InitializeAsync() => _server = await PostgresProcess.StartAsync("synchronous_commit=on");

    public Task DisposeAsync() => _server?.DisposeAsync().AsTask() ?? Task.CompletedTask;
}

/// <summary>Tests that break a cluster.</summary>
[CollectionDefinition(Name)]
public sealed class FaultCollection : ICollectionFixture<FaultPostgres>
{
    public const string Name = "cluster faults";
}
