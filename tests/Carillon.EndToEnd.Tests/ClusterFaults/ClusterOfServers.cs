using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Running;
using Carillon.EndToEnd.Tests.Wires;
using Carillon.Tests.Servers;
using Npgsql;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// Server processes on a schema of one PostgreSQL, each behind a wire of its own, whose handlers tell one oracle what they do.
/// </summary>
internal sealed class ClusterOfServers : IAsyncDisposable
{
    private readonly PostgresProcess _postgres;
    private readonly ClusterSettings _settings;
    private readonly TestDirectory _directory = new();

    private ClusterOfServers(PostgresProcess postgres, ClusterSettings settings, int seed)
    {
        (_postgres, _settings) = (postgres, settings);
        Schema = PostgresServer.NewSchema();
        Database = LookInto(postgres, settings, Schema);
        Members = [.. Enumerable.Range(0, settings.Nodes).Select(i => new Member(Text($"n{i}"), Wire.To(postgres.Port, seed + i), (node, wire) => StartOf(i, node, wire)))];
        Random = new Random(seed);
    }

    /// <summary>What chance of the test comes from.</summary>
    public Random Random { get; }

    public string Schema { get; }

    public ClusterSettings Settings => _settings;

    /// <summary>The test's own look into the database, past the wires.</summary>
    public NpgsqlDataSource Database { get; }

    public IReadOnlyList<Member> Members { get; }

    public IReadOnlyList<Member> Up => [.. Members.Where(member => member.IsUp)];

    public PostgresProcess Postgres => _postgres;

    public Oracle Oracle => _directory.Oracle;

    public TestDirectory Files => _directory;

    public static ClusterOfServers On(PostgresProcess postgres, ClusterSettings settings, int seed) => new(postgres, settings, seed);

    public static async Task<ClusterOfServers> StartAsync(PostgresProcess postgres, ClusterSettings settings, int seed)
    {
        var cluster = On(postgres, settings, seed);
        await Task.WhenAll(cluster.Members.Select(member => member.StartAsync()));
        return cluster;
    }

    /// <summary>The node that holds the lease <c>leader</c>, by the database; null while nobody does.</summary>
    public async Task<Member?> LeaderAsync()
    {
        var owner = await FirstAsync<string>("select owner from lease where name = 'leader' and until > (extract(epoch from clock_timestamp()) * 10000000)::bigint");
        return Members.FirstOrDefault(member => member.Node == owner);
    }

    public async Task<Member> SomeLeaderAsync() => (await Poll.UntilAsync(LeaderAsync, leader => leader is not null, "a leader"))!;

    public async Task<T?> FirstAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async Task RunAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members)
        {
            await member.DisposeAsync();
        }

        await RunAsync(Text($"drop schema if exists {Schema} cascade"));
        await Database.DisposeAsync();
        _directory.Dispose();
    }

    private ServerStart StartOf(int place, string node, Wire wire)
    {
        var hosts = _settings.Hosts ?? Text($"{IPAddress.Loopback}:{wire.Port}");
        var store = Text($"postgres://{_settings.User}@{hosts}/postgres?schema={Schema}&ssl_mode=Disable&gss_encryption_mode=Disable&application_name={node}");
        var start = _settings.Start(store, Oracle.Path, _settings.ArgumentsOf(place)).With("Carillon__NodeName", node).With("Carillon__DrainTimeout", "5s")

            // Short lives: what a compiler learns for later is never used.
            .With("DOTNET_TieredPGO", "0");
        if (_settings.Lease is { } lease)
        {
            start = start.With("Carillon__LeaseDuration", Text($"{lease.TotalMilliseconds}ms")).With("Carillon__HeartbeatInterval", Text($"{Math.Floor(lease.TotalMilliseconds / 3)}ms"));
        }

        start = _settings.ClockOf(place)?.Apply(start) ?? start;
        start = start with { Directory = _settings.ProgramOf(place) };
        return _settings.Environment.Aggregate(start, (changed, pair) => changed.With(pair.Key, pair.Value));
    }

    private static NpgsqlDataSource LookInto(PostgresProcess postgres, ClusterSettings settings, string schema)
    {
        var look = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { MaxPoolSize = 4, SearchPath = schema };
        if (settings.Hosts is null)
        {
            return NpgsqlDataSource.Create(look);
        }

        (look.Host, look.HostRecheckSeconds) = (settings.Hosts, 1);
        return new NpgsqlDataSourceBuilder(look.ConnectionString).BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
