using Carillon.Postgres;
using Carillon.Tests.Servers;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>How many connections a process uses, and of how many.</summary>
public sealed class PostgresConnectionsTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly PostgresSchema _schema = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _schema.DisposeAsync().AsTask();

    [Theory]
    [InlineData("Host=db", "", 120)]
    [InlineData("Host=db;Max Auto Prepare=5", "", 5)]
    [InlineData("Host=db;Max Auto Prepare=0", "", 0)]
    [InlineData("Host=pooler", "Host=db", 0)]
    public async Task Statements_are_prepared_unless_a_pooler_stands_between_or_the_address_says_otherwise(string address, string direct, int most)
    {
        await using var pool = DataSources.Build(new PostgresStoreOptions { ConnectionString = address, DirectConnectionString = direct });

        Assert.Equal(most, new NpgsqlConnectionStringBuilder(pool.ConnectionString).MaxAutoPrepare);
    }

    [Theory]
    [InlineData(20, "", 6)]
    [InlineData(7, "", 4)]
    [InlineData(4, "", 4)]
    [InlineData(1, "", 1)]
    [InlineData(20, "Host=db", 2)]
    public async Task Two_connections_more_than_a_node_keeps_in_use_stay_open(int most, string direct, int fewest)
    {
        await using var pool = DataSources.Build(new PostgresStoreOptions { ConnectionString = "Host=pooler", DirectConnectionString = direct, MaxConnections = most });

        Assert.Equal(fewest, new NpgsqlConnectionStringBuilder(pool.ConnectionString).MinPoolSize);
    }

    [Fact]
    public async Task A_pool_of_its_own_says_how_much_of_it_is_in_use()
    {
        await using var store = await OpenAsync(7, "");
        Assert.Equal(new StoreConnections(1, 7), store.Connections);
        var now = TimeProvider.System.GetUtcNow();
        var lease = await store.AcquireAsync("node/a", "a", TimeSpan.FromHours(1), "{}", now, Stop);

        await store.RenewAsync("node/a", lease!.Token, TimeSpan.FromHours(1), now, Stop);

        Assert.Equal(new StoreConnections(2, 7), store.Connections);
    }

    [Fact]
    public async Task Connections_to_the_server_itself_beside_a_pooler_count_too()
    {
        await using var store = await OpenAsync(4, await PostgresServer.ConnectionStringAsync);

        Assert.Equal(new StoreConnections(1, 4 + DataSources.MostDirect), store.Connections);
    }

    [Fact]
    public async Task Of_the_host_s_own_pool_its_bound_is_the_bound()
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync) { MaxPoolSize = 9 });
        await using var others = await source.OpenConnectionAsync();
        await using var store = await _schema.OpenAsync(options => options.DataSource = source);

        Assert.Equal(new StoreConnections(1, 9), store.Connections);
    }

    [Fact]
    public async Task Nothing_is_in_use_once_it_is_closed_however_it_went()
    {
        var store = await OpenAsync(6, "");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.GetAsync(Guid.Empty, new CancellationToken(canceled: true)));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.SummarizeAsync(Stop)));

        await store.DisposeAsync();

        Assert.Equal(0, store.Connections!.Value.Used);
    }

    [Fact]
    public async Task Fewer_than_a_node_needs_are_refused_with_the_setting()
    {
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => OpenAsync(3, ""));

        Assert.StartsWith("MaxConnections (3) must be 4 at least", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("DATABASE_MAX_CONNECTIONS", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_all_are_in_use_it_is_said_and_not_taken_for_a_server_that_is_away()
    {
        var address = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync) { Timeout = 1 };
        await using var connections = new Connections(DataSources.Build(new PostgresStoreOptions { ConnectionString = address.ConnectionString, MaxConnections = 1 }), new PostgresMemory(), new Sql(_schema.Name), static (_, _) => { }) { IsOwned = true };
        await using var held = await connections.OpenAsync(Stop);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => connections.ReadAsync(ServerClock.ReadAsync, Stop));

        Assert.Contains("all 1 connections of this process are in use. Raise MaxConnections", failure.Message, StringComparison.Ordinal);
    }

    private async Task<PostgresStore> OpenAsync(int most, string direct)
    {
        var connection = await PostgresServer.ConnectionStringAsync;
        return await _schema.OpenAsync(options => (options.DataSource, options.ConnectionString, options.MaxConnections, options.DirectConnectionString) = (null, connection, most, direct));
    }
}
