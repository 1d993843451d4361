using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>What went wrong with the database, in words that say what to do. Never the password.</summary>
internal static class Failures
{
    /// <summary>The server has undone a transaction that this process did not go on with (<c>idle_in_transaction_session_timeout</c>).</summary>
    public const string StoodStill = "25P03";

    public static Exception Explain(NpgsqlException exception, NpgsqlDataSource source)
    {
        var where = Where(new NpgsqlConnectionStringBuilder(source.ConnectionString));
        if (IsPoolExhausted(exception))
        {
            return new StoreUnavailableException(
                $"{where} was not asked: all {DataSources.MostOf(source)} connections of this process are in use. Raise MaxConnections (DATABASE_MAX_CONNECTIONS), or let fewer calls run at once.", exception);
        }

        return exception is PostgresException { SqlState: var state } refused
            ? ExplainState(refused, state, where)
            : new StoreUnavailableException($"{where} cannot be reached ({Innermost(exception).Message}). Is the server running, and do host and port fit?", exception);
    }

    /// <summary>Host, port, database and user.</summary>
    public static string Where(NpgsqlConnectionStringBuilder settings) =>
        $"PostgreSQL at {HostsOf(settings)}, database '{settings.Database ?? settings.Username}', user '{settings.Username}',";

    /// <summary>Host and port; of several hosts each with its own.</summary>
    public static string HostsOf(NpgsqlConnectionStringBuilder settings) =>
        settings.Host?.Contains(',', StringComparison.Ordinal) == true ? settings.Host : $"{settings.Host}:{settings.Port}";

    private static Exception ExplainState(PostgresException refused, string state, string where) => state switch
    {
        PostgresErrorCodes.DiskFull => new StoreUnavailableException($"{where} has no space left on its disk. Free some; nothing accepted is lost.", refused) { IsFull = true },
        PostgresErrorCodes.TooManyConnections => new StoreUnavailableException($"{where} takes no more connections. Raise its max_connections, or lower MaxConnections (DATABASE_MAX_CONNECTIONS) of the nodes.", refused),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            new StoreUnavailableException($"{where} refused the log-in ({refused.MessageText}). Check user and password, and the server's pg_hba.conf.", refused),
        PostgresErrorCodes.InvalidCatalogName => new StoreUnavailableException($"{where} has no such database. Make it with: createdb {refused.MessageText.Split('"').ElementAtOrDefault(1)}", refused),
        PostgresErrorCodes.InsufficientPrivilege =>
            new StoreUnavailableException($"{where} does not allow what the store needs ({refused.MessageText}). The user must own the schema, or be allowed to create it: grant create on database.", refused),
        PostgresErrorCodes.ReadOnlySqlTransaction => new StoreUnavailableException($"{where} is a standby that takes no writes. Name the primary, or all hosts, with commas: the one that takes writes is found.", refused),
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName =>
            new StoreUnavailableException($"{where} does not hold the store's schema as this program knows it ({refused.MessageText}). Run: carillon db upgrade", refused),
        _ when state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
            || state is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.QueryCanceled or StoodStill =>
            new StoreUnavailableException($"{where} cannot serve this now ({state}: {refused.MessageText}). It is tried again.", refused),
        _ => refused,
    };

    // Npgsql has no code for it.
    private static bool IsPoolExhausted(NpgsqlException exception) =>
        exception is not PostgresException && exception.Message.Contains("pool has been exhausted", StringComparison.Ordinal);

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
