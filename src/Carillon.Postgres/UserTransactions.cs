using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>Transactions that users began: which of them the store can join, and why not.</summary>
internal sealed class UserTransactions(Connections connections)
{
    // The start of a server is known to the microsecond: no two servers, nor a copy of one, share it and the database's name. Anybody may ask.
    private const string IdentitySql = "select current_database() || ' ' || pg_postmaster_start_time()";
    private readonly ConcurrentDictionary<(string? Host, int Port, string Database), bool> _known = new();
    private readonly NpgsqlConnectionStringBuilder _own = new(connections.Source.ConnectionString);

    private string Where => Failures.Where(_own);

    public async Task<IJoinedStore> JoinAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        var begun = transaction as NpgsqlTransaction ?? throw new ArgumentException(
            $"The transaction is a {transaction.GetType().FullName}; the store is {Where} and takes part in NpgsqlTransactions only. Begin it on an NpgsqlConnection to that "
            + "database; where a library wraps its transactions, hand over the one inside.", nameof(transaction));
        var connection = FindConnection(begun) is { State: ConnectionState.Open } open ? open : throw new ArgumentException(
            "The transaction is over (committed, rolled back or disposed), or its connection is closed. Hand it over between its beginning and its commit.", nameof(transaction));
        if (!await IsOwnDatabaseAsync(connection, cancellationToken))
        {
            throw new ArgumentException(
                $"The transaction is one of {Failures.Where(new NpgsqlConnectionStringBuilder(connection.ConnectionString))} but the store is {Where}: two databases cannot commit together. "
                + "Keep the jobs in the database of your data, or enqueue after your commit, with a Key.", nameof(transaction));
        }

        return new JoinedStore(connections, connection, begun.IsolationLevel);
    }

    private async Task<bool> IsOwnDatabaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var place = (connection.Host, connection.Port, connection.Database);
        if (place == (_own.Host, _own.Port, _own.Database ?? _own.Username!))
        {
            return true;
        }

        // Other names may lead to the same place: a pooler, a second address.
        if (!_known.TryGetValue(place, out var isOwn))
        {
            await using var own = await connections.OpenAsync(cancellationToken);
            _known[place] = isOwn = await IdentifyAsync(connection, cancellationToken) == await IdentifyAsync(own, cancellationToken);
        }

        return isOwn;
    }

    private static async Task<string?> IdentifyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(IdentitySql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    // One that is over still knows its connection, but says nothing of its level.
    private static NpgsqlConnection? FindConnection(NpgsqlTransaction transaction)
    {
        try
        {
            _ = transaction.IsolationLevel;
            return transaction.Connection;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
