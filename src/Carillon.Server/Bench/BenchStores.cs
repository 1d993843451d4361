using System.Globalization;
using Carillon.Postgres;
using Carillon.Server.Serving;

namespace Carillon.Server.Bench;

/// <summary>A fresh store for each scenario: a file of the directory, or a schema of the database. All of them go with this.</summary>
internal sealed class BenchStores : IAsyncDisposable
{
    private readonly PostgresStoreOptions? _postgres;
    private readonly List<string> _schemas = [];
    private int _files;

    public BenchStores(string directory, PostgresStoreOptions? postgres)
    {
        (Directory, _postgres) = (directory, postgres);
        System.IO.Directory.CreateDirectory(directory);
    }

    /// <summary>Where files stand.</summary>
    public string Directory { get; }

    public bool IsShared => _postgres is not null;

    /// <summary>What was measured, for the report.</summary>
    public string Description => _postgres is null ? "sqlite, synchronous=FULL" : "postgres, the server's own durability";

    public StoreChoice Next()
    {
        if (_postgres is null)
        {
            return new StoreChoice(Path.Combine(Directory, $"bench{_files++}.db"));
        }

        _schemas.Add(string.Create(CultureInfo.InvariantCulture, $"carillon_bench_{Environment.ProcessId}_{_schemas.Count}"));
        return new StoreChoice(null, new PostgresStoreOptions { ConnectionString = _postgres.ConnectionString, Schema = _schemas[^1], MaxConnections = _postgres.MaxConnections });
    }

    public async ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        if (_postgres is not null)
        {
            await using var source = DataSources.Build(_postgres);
            foreach (var schema in _schemas)
            {
                await SchemaUpgrade.DropAsync(source, schema);
            }
        }
    }
}
