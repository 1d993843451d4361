using System.Globalization;
using System.Reflection;
using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>
/// Brings a schema to a version, up or down, each step in one transaction and only one node at a time (an advisory lock of that
/// transaction). The version stands in <c>meta</c>; without that table it is 0.
/// </summary>
internal sealed class SchemaUpgrade(NpgsqlDataSource source, Sql sql)
{
    // "Carillon" in letters of a telephone; beside it the schema's name, so that schedulers of one database do not wait for each other.
    private const string LockSql = "select pg_advisory_xact_lock(22745, hashtext($1))";

    // Read from the catalog, not by to_regclass: that one may remember, from before the lock was waited for, that there was no such table.
    private const string IsThereSql = /*lang=sql*/ """
        select exists (select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = 'meta')
        """;

    private const string IsSchemaThereSql = "select exists (select 1 from pg_catalog.pg_namespace where nspname = $1)";

    private const string AreViewsThereSql = /*lang=sql*/ """
        select exists (select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = 'scheduler_leader')
        """;

    private const string DropViewsSql = /*lang=sql*/ """
        drop view if exists carillon.scheduler_leader, carillon.job_executions, carillon.scheduled_jobs, carillon.task_functions, carillon.scheduler_job_types
        """;

    private const string VersionSql = "select value from carillon.meta where name = 'schema_version'";
    private const string OldestSql = "select value from carillon.meta where name = 'oldest_program'";

    private const string SetVersionSql = /*lang=sql*/ """
        insert into carillon.meta (name, value) values ('schema_version', $1) on conflict (name) do update set value = excluded.value
        """;

    private const int OldestServer = 13;
    private static readonly Assembly Here = typeof(SchemaUpgrade).Assembly;

    /// <summary>The version that this program writes.</summary>
    public static int Newest { get; } = Here.GetManifestResourceNames().Count(name => name.EndsWith(".up.sql", StringComparison.Ordinal));

    public static Version Program => Here.GetName().Version ?? new Version(0, 0);

    private string Place => $"{Failures.Where(new NpgsqlConnectionStringBuilder(source.ConnectionString))} schema '{sql.Schema}',";

    public async Task<int> FindVersionAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await FindVersionAsync(connection, cancellationToken);
    }

    /// <summary>Goes up to <see cref="Newest"/>. A newer schema is used as it is, if it says that programs of this age may; else refused.</summary>
    public async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        Require(connection);
        var version = await FindVersionAsync(connection, cancellationToken);
        var hadViews = await AreViewsThereAsync(connection, cancellationToken);
        while (version < Newest)
        {
            version = await StepAsync(connection, version, version + 1, cancellationToken);
        }

        await SetViewsAsync(connection, hadViews, cancellationToken);

        await AdmitAsync(connection, version, cancellationToken);
    }

    /// <summary>Goes down to a version; 0 leaves nothing of ours.</summary>
    public async Task DowngradeAsync(int version, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var current = await FindVersionAsync(connection, cancellationToken);
        if (version < 0 || version > current || current > Newest)
        {
            throw new StoreUnavailableException(
                $"{Place} has schema version {current}; this program can take it down to any version from 0 to {Math.Min(current, Newest)}, not to {version}"
                + (current > Newest ? ", for it does not know the newer ones. Use the program that wrote it." : "."));
        }

        while (current > version)
        {
            current = await StepAsync(connection, current, current - 1, cancellationToken);
        }
    }

    /// <summary>The read-only views for people who look with SQL: there or not there. Writes only where it is not so already.</summary>
    public async Task SetViewsAsync(bool isWanted, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await SetViewsAsync(connection, isWanted, cancellationToken);
    }

    /// <summary>Takes a schema away with all that stands in it; for those that were made to measure or to test.</summary>
    public static async Task DropAsync(NpgsqlDataSource source, string schema)
    {
        await using var command = source.CreateCommand($"drop schema if exists {new Sql(schema).Quoted} cascade");
        await command.ExecuteNonQueryAsync();
    }

    // The server said both when the connection was made.
    private void Require(NpgsqlConnection connection)
    {
        if (connection.PostgreSqlVersion.Major < OldestServer)
        {
            throw new StoreUnavailableException($"{Place} is on PostgreSQL {connection.PostgreSqlVersion}; {OldestServer} or later is needed.");
        }

        if (connection.PostgresParameters.TryGetValue("server_encoding", out var encoding) && encoding != "UTF8")
        {
            throw new StoreUnavailableException($"{Place} is in a database whose encoding is {encoding}; UTF-8 is needed. Make another one with: createdb --encoding=UTF8 --template=template0 NAME");
        }
    }

    private async Task AdmitAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        if (version <= Newest)
        {
            return;
        }

        var oldest = await ScalarAsync(connection, sql.Of(OldestSql), null, cancellationToken) as string;
        if (!Version.TryParse(oldest, out var needed) || needed > Program)
        {
            throw new StoreUnavailableException(
                $"{Place} has schema version {version} and needs Carillon {oldest} or later; this is {Program} with version {Newest}. "
                + $"Use the newer program, or take the schema down with its 'carillon db downgrade --to {Newest}'.");
        }
    }

    // What another node did while the lock was waited for is not done again. Returns the version that stands then.
    private async Task<int> StepAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ScalarAsync(connection, LockSql, sql.Schema, cancellationToken);
        var version = await FindVersionAsync(connection, cancellationToken);
        if (version != from)
        {
            return version;
        }

        // The views go first: none stands in the way of a table that changes, and each version has its own.
        await (from == 0 ? CreateSchemaAsync(connection, cancellationToken) : ExecuteAsync(connection, sql.Of(DropViewsSql), cancellationToken));
        await ExecuteAsync(connection, sql.Turn(await ReadAsync(to > from ? $"{to:0000}.up.sql" : $"{from:0000}.down.sql", cancellationToken)), cancellationToken);
        if (to > 0)
        {
            await ScalarAsync(connection, sql.Of(SetVersionSql), to.ToString(CultureInfo.InvariantCulture), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return to;
    }

    // Not "if not exists": that asks for the right to create schemas also where the user owns the one that is there.
    private async Task CreateSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, IsSchemaThereSql, sql.Schema, cancellationToken) is not true)
        {
            await ExecuteAsync(connection, $"create schema {sql.Quoted}", cancellationToken);
        }
    }

    private async Task<int> FindVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, IsThereSql, sql.Schema, cancellationToken) is not true)
        {
            return 0;
        }

        return int.TryParse(await ScalarAsync(connection, sql.Of(VersionSql), null, cancellationToken) as string, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    private async Task SetViewsAsync(NpgsqlConnection connection, bool isWanted, CancellationToken cancellationToken)
    {
        if (await AreViewsThereAsync(connection, cancellationToken) == isWanted)
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ScalarAsync(connection, LockSql, sql.Schema, cancellationToken);
        if (await AreViewsThereAsync(connection, cancellationToken) != isWanted)
        {
            await ExecuteAsync(connection, isWanted ? sql.Turn(await ReadAsync("Views.sql", cancellationToken)) : sql.Of(DropViewsSql), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<bool> AreViewsThereAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(connection, AreViewsThereSql, sql.Schema, cancellationToken) is true;

    private static async Task<string> ReadAsync(string resource, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(Here.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The schema step {resource} is not in the assembly."));
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        if (statements.Length > 0)
        {
            await using var command = new NpgsqlCommand(statements, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string statement, string? value, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        if (value is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Text });
        }

        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
