using Carillon.Postgres;
using Carillon.Server.Checks;
using Carillon.Store;
using Npgsql;

namespace Carillon.Server.Verbs;

/// <summary>The schema of a PostgreSQL store, for the verbs that look at it or change it; servers may be running on it.</summary>
internal static class PostgresDatabase
{
    public static Task<int> VersionAsync(PostgresStoreOptions options, CancellationToken cancellationToken) =>
        WithAsync(options, schema => schema.FindVersionAsync(cancellationToken));

    public static Task<(int From, int To)> UpgradeAsync(PostgresStoreOptions options, CancellationToken cancellationToken) => WithAsync(options, async schema =>
    {
        var from = await schema.FindVersionAsync(cancellationToken);
        await schema.UpgradeAsync(cancellationToken);
        return (from, await schema.FindVersionAsync(cancellationToken));
    });

    public static Task<int> DowngradeAsync(PostgresStoreOptions options, int version, CancellationToken cancellationToken) => WithAsync(options, async schema =>
    {
        await schema.DowngradeAsync(version, cancellationToken);
        return version;
    });

    /// <summary>What a doctor says of it.</summary>
    public static async Task<Finding> FindAsync(PostgresStoreOptions options, CancellationToken cancellationToken)
    {
        var name = DataSources.Describe(options.ConnectionString, options.Schema);
        try
        {
            var version = await VersionAsync(options, cancellationToken);
            return version > 0
                ? new Finding(Severity.Ok, name, $"can be reached; the schema has version {version}")
                : new Finding(Severity.Warning, name, "can be reached, but holds no schema of Carillon yet", "carillon db upgrade --store postgres://…");
        }
        catch (StoreUnavailableException error)
        {
            return new Finding(Severity.Trouble, name, error.Message);
        }
    }

    private static async Task<T> WithAsync<T>(PostgresStoreOptions options, Func<SchemaUpgrade, Task<T>> work)
    {
        await using var source = DataSources.BuildDirect(options) ?? DataSources.Build(options);
        try
        {
            return await work(new SchemaUpgrade(source, new Sql(options.Schema)));
        }
        catch (NpgsqlException exception)
        {
            throw Failures.Explain(exception, source);
        }
    }
}
