using Npgsql;

namespace Carillon.Postgres;

/// <summary>The store's own bounded pool of connections.</summary>
internal static class DataSources
{
    // Each statement text is prepared by a connection when it meets it the second time.
    private const int MostPrepared = 120;

    public static NpgsqlDataSource Build(PostgresStoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString) { MaxPoolSize = options.MaxConnections };
        settings.ApplicationName ??= "carillon";

        // No statement of ours leaves anything behind in its session, so nothing need be reset between two users of it.
        settings.NoResetOnClose = true;
        settings.TcpKeepAlive = true;
        if (!settings.ContainsKey("Max Auto Prepare"))
        {
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (MostPrepared, 2);
        }

        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>Where the data is, for people: without user and password.</summary>
    public static string Describe(string connectionString, string schema)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgres://{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}{(schema == "carillon" ? "" : $"?schema={schema}")}";
    }
}
