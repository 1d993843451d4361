using Npgsql;

namespace Carillon.Postgres;

/// <summary>Settings of the store on PostgreSQL.</summary>
public sealed class PostgresStoreOptions
{
    /// <summary>How to reach the database, as Npgsql reads it. Not needed where <see cref="DataSource"/> is given.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// The host's own data source. Its pool is then shared with the application, and <see cref="MaxConnections"/> does not bound it;
    /// it must outlive the store.
    /// </summary>
    public NpgsqlDataSource? DataSource { get; set; }

    /// <summary>
    /// The server itself, where <see cref="ConnectionString"/> leads through a pooler that gives each transaction another session (PgBouncer:
    /// <c>pool_mode = transaction</c>): for the four connections that must keep theirs. On the others nothing is prepared then, unless
    /// <c>Max Auto Prepare</c> is said (PgBouncer can, from 1.21 on).
    /// </summary>
    public string DirectConnectionString { get; set; } = "";

    /// <summary>The schema that holds everything of ours; several schedulers may stand in one database, each in its own.</summary>
    public string Schema { get; set; } = "carillon";

    /// <summary>With fewer connections than this a node spends none on presence; a node that died is then noticed when its lease ends.</summary>
    internal const int FewestForPresence = 8;

    /// <summary>Two stay with a node, one that listens and its heartbeat's, and calls need some at once; with a server named beside the pooler those two are not of this pool.</summary>
    internal int FewestConnections => DirectConnectionString.Length == 0 ? 4 : 2;

    /// <summary>Room for the two connections of presence.</summary>
    internal bool HasRoom => DataSource is not null || MaxConnections >= FewestForPresence;

    /// <summary>How many of the pool's own a node keeps in use.</summary>
    internal int KeptConnections => DirectConnectionString.Length > 0 ? 0 : HasRoom ? 4 : 2;

    /// <summary>
    /// At most so many connections of this process at once, 4 at least; they compete with nobody's pool. Four stay open on a node at rest: one listens,
    /// one is the heartbeat's, one shows the other nodes that this one lives, one watches another node (the last two from 8 on). Two more are open and not in use.
    /// </summary>
    public int MaxConnections { get; set; } = 20;

    /// <summary>Whether the read-only views for people who look with SQL are there; <c>false</c> removes them when the store is opened.</summary>
    public bool Views { get; set; } = true;
}
