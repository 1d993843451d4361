using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// Finds out whether a pooler stands between us and the server that gives each transaction another session. What listens or holds a lock for as long as
/// it lives needs a session of its own; all else does not.
/// </summary>
internal static class Poolers
{
    private const int Rounds = 3;

    /// <summary>Throws with the setting that helps.</summary>
    public static async Task RequireSessionsAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            if (await AreSharedAsync(source, cancellationToken))
            {
                throw new StoreUnavailableException(
                    $"{Failures.Where(new NpgsqlConnectionStringBuilder(source.ConnectionString))} is reached through a pooler that gives each transaction another session (PgBouncer: pool_mode = transaction). "
                    + "Listening for news and showing that this node lives need sessions of their own: name the server itself for these few connections, with DirectConnectionString, or with "
                    + "?direct=HOST:PORT behind the store's URL; or let the pooler's pool for this database be in session mode.");
            }
        }
        catch (NpgsqlException exception)
        {
            throw Failures.Explain(exception, source);
        }
    }

    // The server says at the beginning of a session which process serves it, a pooler says something of its own: one question, if it is the
    // server itself. Else one connection keeps a transaction open, and the other must still be where it was.
    private static async Task<bool> AreSharedAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var one = await source.OpenConnectionAsync(cancellationToken);
        var first = await FindServerAsync(one, cancellationToken);
        if (first == one.ProcessID)
        {
            return false;
        }

        for (var round = 0; round < Rounds; round++)
        {
            await using var other = await source.OpenConnectionAsync(cancellationToken);
            await using var begun = await other.BeginTransactionAsync(cancellationToken);
            if (await FindServerAsync(other, cancellationToken) == first || await FindServerAsync(one, cancellationToken) != first)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<int> FindServerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection);
        return await command.ExecuteScalarAsync(cancellationToken) as int? ?? 0;
    }
}
