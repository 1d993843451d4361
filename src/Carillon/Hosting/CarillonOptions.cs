using Carillon.Cluster;
using Carillon.Store;

namespace Carillon.Hosting;

/// <summary>
/// The settings of one Carillon in one host: from code, from the configuration section <c>Carillon</c>, or from the environment names
/// that <c>docs/configuration.md</c> lists. Checked at start, all faults at once.
/// </summary>
public sealed class CarillonOptions
{
    /// <summary>False: this host enqueues and answers, but runs no job and fires no schedule, whatever its roles.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What this node does: fires schedules, runs jobs, answers the API. All of it by default.</summary>
    public NodeRoles Roles { get; set; } = NodeRoles.All;

    /// <summary>The node's name, unique among live nodes; machine and process by default.</summary>
    public string NodeName { get; set; } = "";

    /// <summary>At most so many jobs run at once on this node.</summary>
    public int MaxConcurrentJobs { get; set; } = 100;

    /// <summary>At most so many jobs are claimed in one transaction.</summary>
    public int ClaimBatch { get; set; } = 500;

    /// <summary>The queues that this node serves; empty for all.</summary>
    public IList<string> Queues { get; } = [];

    /// <summary>How long one attempt may take where neither job nor handler says.</summary>
    public TimeSpan JobTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How a failed job is retried where neither job nor handler says.</summary>
    public RetryPolicy Retry { get; set; } = RetryPolicy.Default;

    /// <summary>IANA zone of schedules that name none.</summary>
    public string Zone { get; set; } = "UTC";

    /// <summary>A node that does not renew its lease for so long is taken for lost.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the lease is renewed; at most a third of its duration.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>At shutdown running jobs have so long to end before they are stopped and released.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Succeeded and cancelled jobs are kept so long after their end.</summary>
    public TimeSpan KeepFinished { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Dead jobs are kept so long after their end.</summary>
    public TimeSpan KeepDead { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Operators' acts and skipped instants are kept so long.</summary>
    public TimeSpan KeepJournal { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// What this host says of its handlers, by their names in any case, in place of what their code says. A name that none of them has is a fault at
    /// start.
    /// </summary>
    public IDictionary<string, HandlerSettings> Handlers { get; } = new Dictionary<string, HandlerSettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where each setting was read from, by its name, so that a fault names what its reader can change.</summary>
    internal Dictionary<string, string> Sources { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Files of outputs stand below this directory.</summary>
    public string OutputDirectory { get; set; } = ".";

    /// <summary>
    /// At most so many connections of the store (SQLite: those that read at once, besides the one that writes; PostgreSQL: all); null for the
    /// store's own number (SQLite 4, PostgreSQL 20).
    /// <c>carillon serve</c> gives it to its store; a host of its own says it where it chooses the store.
    /// </summary>
    public int? MaxConnections { get; set; }

    /// <summary>The store's read-only views for people who look with SQL; <c>carillon serve</c> gives it to its store, and false removes them.</summary>
    public bool SqlViews { get; set; } = true;

    /// <summary>False: calls of the store are not timed, and <c>/metrics</c> counts nothing: it tells what is read at the scrape. Traces stay: who listens switches them.</summary>
    public bool EnablePerformanceMonitoring { get; set; } = true;

    /// <summary>Reserved by the older configuration: how long answers may be kept. Nothing is cached yet, so every answer is fresh whatever it says.</summary>
    public TimeSpan CacheDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Reserved by the older configuration; notices come with outputs by webhook.</summary>
    public bool EnableNotifications { get; set; }
}
