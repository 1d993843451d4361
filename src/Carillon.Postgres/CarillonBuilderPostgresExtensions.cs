using Carillon.Hosting;
using Carillon.Postgres;
using Microsoft.Extensions.Logging;

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
    /// <param name="configure">Further settings; a data source of the host's own goes here.</param>
    public static CarillonBuilder UsePostgres(this CarillonBuilder carillon, string connectionString, Action<PostgresStoreOptions>? configure = null) =>
        carillon.UseStore(provider =>
        {
            var options = Read(connectionString);
            configure?.Invoke(options);
            return new PostgresStore(options, provider.GetRequiredService<ILogger<PostgresStore>>());
        });

    private static PostgresStoreOptions Read(string connectionString) =>
        !PostgresAddress.IsOne(connectionString) ? new PostgresStoreOptions { ConnectionString = connectionString }
        : PostgresAddress.TryRead(connectionString, out var options, out var fault) ? options
        : throw new ArgumentException($"The connection string (postgres://…) {fault}.", nameof(connectionString));
}
