using Carillon.Hosting;
using Carillon.Sqlite;
using Microsoft.Extensions.Logging;

// Where hosts already look.
#pragma warning disable IDE0130 // the extension stands in the namespace of the type it extends
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Chooses SQLite as the store.</summary>
public static class CarillonBuilderSqliteExtensions
{
    /// <summary>
    /// Keeps everything in one file, in this process alone: a second process on the file is refused. An accepted job survives
    /// <c>kill -9</c> and, with the default <see cref="SqliteDurability.Full"/>, loss of power.
    /// </summary>
    public static CarillonBuilder UseSqlite(this CarillonBuilder carillon, string path, Action<SqliteStoreOptions>? configure = null) =>
        carillon.UseStore(provider =>
        {
            var options = new SqliteStoreOptions { Path = path };
            configure?.Invoke(options);
            return new SqliteStore(options, provider.GetRequiredService<ILogger<SqliteStore>>());
        });
}
