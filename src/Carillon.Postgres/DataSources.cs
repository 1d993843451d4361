using Npgsql;

namespace Carillon.Postgres;

/// <summary>The store's own bounded pool of connections.</summary>
internal static class DataSources
{
    // Each statement text is prepared by a connection when it meets it the second time.
    private const int MostPrepared = 120;

    /// <summary>Connections that the pool keeps when nothing happens: the next job must not wait for one to be made, nor for what a new session of the server has to learn.</summary>
    public const int FewestIdle = 2;

    // So long it is believed what a host was last time.
    private const int HostRecheckSeconds = 1;

    /// <summary>
    /// A transaction that is not gone on with for so long is undone by the server: who stands still (a paused machine) must not keep others from its rows.
    /// Below the lease, so that who takes over after its end is not kept waiting.
    /// </summary>
    public const string IdleLimit = "idle_in_transaction_session_timeout = '3s'";

    /// <summary>One listens, one is the heartbeat's, one shows that this node lives, one watches another; one more while a lost one is made again, or for the schema.</summary>
    public const int MostDirect = 5;

    public static NpgsqlDataSource Build(PostgresStoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString) { MaxPoolSize = options.MaxConnections };
        settings.ApplicationName ??= "carillon";

        // No statement of ours leaves anything behind in its session, so nothing need be reset between two users of it.
        settings.NoResetOnClose = true;
        settings.TcpKeepAlive = true;
        if (!IsGiven(settings, "Max Auto Prepare") && options.DirectConnectionString.Length == 0)
        {
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (MostPrepared, 2);
        }

        // The pool counts those in use too.
        settings.MinPoolSize = Math.Min(settings.MaxPoolSize, Math.Max(settings.MinPoolSize, FewestIdle + options.KeptConnections));
        return Create(settings, hasSessions: options.DirectConnectionString.Length == 0);
    }

    /// <summary>For what needs a session of its own; null where the pool does.</summary>
    public static NpgsqlDataSource? BuildDirect(PostgresStoreOptions options)
    {
        if (options.DirectConnectionString.Length == 0)
        {
            return null;
        }

        var settings = new NpgsqlConnectionStringBuilder(options.DirectConnectionString) { MaxPoolSize = MostDirect, NoResetOnClose = true, TcpKeepAlive = true };
        settings.ApplicationName ??= "carillon";
        return Create(settings, hasSessions: true);
    }

    private static NpgsqlDataSource Create(NpgsqlConnectionStringBuilder settings, bool hasSessions)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (hasSessions)
        {
            // Not in the options of the start: a pooler refuses those.
            builder.UsePhysicalConnectionInitializer(LimitIdle, LimitIdleAsync);
        }

        return settings.Host?.Contains(',', StringComparison.Ordinal) == true ? CreateOnPrimary(builder) : builder.Build();
    }

    // Of several hosts the one that takes writes: after a fail-over that is another, and the old one, should it come back, is a standby.
    private static NpgsqlDataSource CreateOnPrimary(NpgsqlDataSourceBuilder builder)
    {
        var settings = builder.ConnectionStringBuilder;
        settings.Remove("Target Session Attributes");
        if (!IsGiven(settings, "Host Recheck Seconds"))
        {
            settings.HostRecheckSeconds = HostRecheckSeconds;
        }

        return builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite);
    }

    private static void LimitIdle(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand($"set {IdleLimit}", connection);
        command.ExecuteNonQuery();
    }

    private static async Task LimitIdleAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand($"set {IdleLimit}", connection);
        await command.ExecuteNonQueryAsync();
    }

    // ContainsKey would say yes to every name that is known, given or not.
    private static bool IsGiven(NpgsqlConnectionStringBuilder settings, string name) => settings.ShouldSerialize(name);

    /// <summary>How many connections the pool may have.</summary>
    public static int MostOf(NpgsqlDataSource pool) => new NpgsqlConnectionStringBuilder(pool.ConnectionString).MaxPoolSize;

    /// <summary>Where the data is, for people: without user and password.</summary>
    public static string Describe(string connectionString, string schema)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgres://{Failures.HostsOf(settings)}/{settings.Database ?? settings.Username}{(schema == "carillon" ? "" : $"?schema={schema}")}";
    }
}
