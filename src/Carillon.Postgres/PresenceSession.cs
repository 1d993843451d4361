using Npgsql;

namespace Carillon.Postgres;

/// <summary>A connection kept for one duty, and statements on it.</summary>
internal sealed class PresenceSession(NpgsqlConnection connection, Sql sql, CancellationToken cancellationToken) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    public static async Task<PresenceSession> OpenAsync(Connections connections, CancellationToken cancellationToken) =>
        new(await connections.Source.OpenConnectionAsync(cancellationToken), connections.Sql, cancellationToken);

    /// <summary>The same with another token.</summary>
    public PresenceSession Until(CancellationToken token) => new(connection, sql, token);

    public Statement Use(string statement) => new(new NpgsqlCommand(sql.Of(statement), connection), cancellationToken);

    public Statement UseOnce(string statement) => new(new NpgsqlCommand(sql.Turn(statement), connection), cancellationToken);

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
