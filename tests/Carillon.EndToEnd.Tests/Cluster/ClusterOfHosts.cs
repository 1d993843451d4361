using Carillon.EndToEnd.Tests.Running;
using Carillon.Tests.Servers;

namespace Carillon.EndToEnd.Tests.Cluster;

/// <summary>Test hosts as nodes of one cluster, in a schema of their own of a private PostgreSQL.</summary>
internal sealed class ClusterOfHosts : IAsyncDisposable
{
    private readonly string _schema = PostgresServer.NewSchema();
    private readonly TestDirectory _directory = new();
    private readonly Dictionary<string, ServerProcess> _nodes = [];

    public Oracle Oracle => _directory.Oracle;

    public ServerProcess this[string node] => _nodes[node];

    public bool Has(string node) => _nodes.ContainsKey(node);

    /// <summary>Where anybody answers.</summary>
    public Api Api => _nodes.Values.First().Api;

    public string PathOf(string name) => _directory.PathOf(name);

    /// <summary>Starts nodes of these names, and waits until each of them is watched by another.</summary>
    public async Task StartAsync(string[] names, Func<string, ServerStart, ServerStart>? change = null, bool isWatched = true)
    {
        var address = await PostgresServer.AddressOfAsync(_schema);
        foreach (var name in names)
        {
            var start = ServerStart.Host(address, Oracle.PathOf(name)).With("Carillon__NodeName", name).With("Carillon__MaxConcurrentJobs", "10");
            _nodes[name] = await ServerProcess.StartAsync(change?.Invoke(name, start) ?? start);
        }

        if (isWatched)
        {
            await Poll.UntilAsync(() => CountAsync(WatchedSql), count => count == (_nodes.Count == 1 ? 0 : _nodes.Count), "each node is watched");
        }
    }

    /// <summary><c>kill -9</c>; it is no node any more.</summary>
    public async Task KillAsync(string node)
    {
        await _nodes[node].KillAsync();
        await _nodes[node].DisposeAsync();
        _nodes.Remove(node);
    }

    public static async Task<string?> LeaderAsync(Api api)
    {
        var leader = (await api.GetAsync("/api/v1/status"))["leaderInstance"];
        return leader.Length == 0 ? null : leader;
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand(sql.Replace("carillon.", $"{_schema}.", StringComparison.Ordinal));
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        _directory.Dispose();
        await PostgresServer.DropAsync(_schema);
    }

    private string WatchedSql => $"""
        select count(distinct k.relation) from pg_locks k
         where k.granted and k.mode = 'ExclusiveLock' and exists (select 1 from pg_locks w where w.relation = k.relation and w.mode = 'ShareLock' and not w.granted)
           and k.relation in (select c.oid from pg_class c where c.relnamespace = '{_schema}'::regnamespace and starts_with(c.relname, 'presence_'))
        """;
}
