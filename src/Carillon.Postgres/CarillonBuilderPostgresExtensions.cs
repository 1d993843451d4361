using Carillon.Hosting;
using Carillon.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;

// Where hosts already look.
#pragma warning disable IDE0130 // the extension stands in the namespace of the type it extends
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Chooses PostgreSQL as the store.</summary>
public static class CarillonBuilderPostgresExtensions
{
    /// <summary>
    /// Keeps everything in one schema of a PostgreSQL database (13 or later), for any number of processes at once. An accepted job
    /// survives what the server's <c>synchronous_commit</c> says it survives.
    /// </summary>
    /// <param name="carillon">The scheduler being set up.</param>
    /// <param name="connectionString">As Npgsql reads it, <c>Host=db;Database=app;Username=carillon</c>, or a URL: <c>postgres://carillon@db/app</c>.</param>
    /// <param name="configure">Further settings.</param>
    public static CarillonBuilder UsePostgres(this CarillonBuilder carillon, string connectionString, Action<PostgresStoreOptions>? configure = null) =>
        carillon.UseStore(provider => Open(provider, Read(connectionString), configure));

    /// <summary>
    /// The same on a data source of the host's own, whose settings and log-in (also a periodic password) then hold. Its pool is shared with the
    /// application; the data source must outlive the scheduler.
    /// </summary>
    /// <param name="carillon">The scheduler being set up.</param>
    /// <param name="dataSource">The host's data source.</param>
    /// <param name="configure">Further settings.</param>
    public static CarillonBuilder UsePostgres(this CarillonBuilder carillon, NpgsqlDataSource dataSource, Action<PostgresStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return carillon.UsePostgres(_ => dataSource, configure);
    }

    /// <summary>The same on a data source that the host has among its services: <c>UsePostgres(p =&gt; p.GetRequiredService&lt;NpgsqlDataSource&gt;())</c>.</summary>
    /// <param name="carillon">The scheduler being set up.</param>
    /// <param name="dataSource">Finds it, once the host is built.</param>
    /// <param name="configure">Further settings.</param>
    public static CarillonBuilder UsePostgres(this CarillonBuilder carillon, Func<IServiceProvider, NpgsqlDataSource> dataSource, Action<PostgresStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return carillon.UseStore(provider => Open(provider, new PostgresStoreOptions { DataSource = dataSource(provider) }, configure));
    }

    private static PostgresStore Open(IServiceProvider provider, PostgresStoreOptions options, Action<PostgresStoreOptions>? configure)
    {
        configure?.Invoke(options);
        return new PostgresStore(options, provider.GetRequiredService<ILogger<PostgresStore>>());
    }

    private static PostgresStoreOptions Read(string connectionString) =>
        !PostgresAddress.IsOne(connectionString) ? new PostgresStoreOptions { ConnectionString = connectionString }
        : PostgresAddress.TryRead(connectionString, out var options, out var fault) ? options
        : throw new ArgumentException($"The connection string (postgres://…) {fault}.", nameof(connectionString));
}
