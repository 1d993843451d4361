using Carillon.Postgres;
using Carillon.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Store.Tests.Postgres;

/// <summary>A schema of its own for the stores of one test.</summary>
internal sealed class PostgresSchema : IAsyncDisposable
{
    public string Name { get; } = PostgresServer.NewSchema();

    /// <summary>A store on the schema, not opened yet; each is a process of the cluster as far as the database can see.</summary>
    public async Task<PostgresStore> NewStoreAsync(Action<PostgresStoreOptions>? configure = null)
    {
        var options = new PostgresStoreOptions { Schema = Name, DataSource = await PostgresServer.SourceAsync };
        configure?.Invoke(options);
        return new PostgresStore(options, NullLogger<PostgresStore>.Instance);
    }

    public async Task<PostgresStore> OpenAsync(Action<PostgresStoreOptions>? configure = null)
    {
        var store = await NewStoreAsync(configure);
        await store.UpgradeSchemaAsync(CancellationToken.None);
        return store;
    }

    public async ValueTask DisposeAsync() => await PostgresServer.DropAsync(Name);
}
