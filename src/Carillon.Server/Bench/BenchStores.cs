using System.Globalization;
using Carillon.Postgres;
using Carillon.Server.Serving;
using Npgsql;

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

    /// <summary>Statements that clients sent since the server's statistics began; null without pg_stat_statements.</summary>
    public async Task<long?> CountStatementsAsync()
    {
        const string Sql = """
            select sum(s.calls)::bigint from pg_stat_statements s join pg_database d on d.oid = s.dbid
             where d.datname = current_database() and to_jsonb(s) ->> 'toplevel' is distinct from 'false'
            """;
        try
        {
            return await CountAsync(Sql);
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            return null;
        }
    }

    /// <summary>Transactions in this database; an idle session's are reported by the server up to a second later.</summary>
    public Task<long> CountTransactionsAsync() => CountAsync("select xact_commit + xact_rollback from pg_stat_database where datname = current_database()");

    /// <summary>Writes a long history and a long queue past the store, of the jobs that stand there.</summary>
    public async Task DeepenAsync(StoreChoice store, int finished, int pending)
    {
        var schema = store.Postgres!.Schema;
        await using var source = DataSources.Build(_postgres!);
        foreach (var sql in DeepStore.Statements(schema, finished, pending))
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var source = DataSources.Build(_postgres!);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
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
