using Npgsql;

namespace Carillon.Postgres;

/// <summary>A connection kept for one duty, and statements on it.</summary>
internal sealed class KeptSession(NpgsqlConnection connection, Sql sql, CancellationToken cancellationToken) : IAsyncDisposable, IDisposable
{
    public NpgsqlConnection Connection => connection;

    /// <summary>How long a statement may take; zero for ever.</summary>
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(30);

    public static async Task<KeptSession> OpenAsync(Connections connections, CancellationToken cancellationToken) =>
        new(await connections.OpenSessionAsync(cancellationToken), connections.Sql, cancellationToken);

    /// <summary>The same, blocking the calling thread and needing no other.</summary>
    public static KeptSession Open(Connections connections) => new(connections.OpenSession(), connections.Sql, CancellationToken.None);

    /// <summary>The same for one long wait, which only the token ends.</summary>
    public KeptSession Until(CancellationToken token) => new(connection, sql, token) { Limit = TimeSpan.Zero };

    public Statement Use(string statement) => New(sql.Of(statement));

    public Statement UseOnce(string statement) => New(sql.Turn(statement));

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    public void Dispose() => connection.Dispose();

    private Statement New(string text) => new(new NpgsqlCommand(text, connection) { CommandTimeout = (int)Math.Ceiling(Limit.TotalSeconds) }, cancellationToken);
}
