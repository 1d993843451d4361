using Carillon.Jobs;
using Carillon.Tests.Servers;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Carillon.Store.Tests.Postgres.Snippets;

/// <summary>The examples of docs/transactions.md, run: the order and its job are there together or not at all, and each is confirmed once.</summary>
public sealed class ShopTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly PostgresSchema _schema = new();
    private readonly JobIds _ids = new(TimeProvider.System, new Chance(5));
    private NpgsqlDataSource _database = null!;
    private IHost _host = null!;

    private JobClient Jobs => _host.Services.GetRequiredService<JobClient>();

    public async Task InitializeAsync()
    {
        // The shop's own pool, as an application has it.
        var settings = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync) { SearchPath = _schema.Name, MaxPoolSize = 5 };
        _database = NpgsqlDataSource.Create(settings);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(await PostgresServer.SourceAsync);
        builder.Services.AddCarillon(carillon => ShopHandlers.Add(carillon, _database).UsePostgres(provider => provider.GetRequiredService<NpgsqlDataSource>(), options => options.Schema = _schema.Name));
        _host = builder.Build();
        await _host.StartAsync();

        // Two orders of one customer meet at the commit, not before.
        await using var connection = await _database.OpenConnectionAsync();
        await connection.ExecuteAsync("create table orders (id uuid primary key, customer text unique deferrable initially deferred, confirmed int not null default 0)");
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _database.DisposeAsync();
        await _schema.DisposeAsync();
    }

    [Theory]
    [InlineData("ado")]
    [InlineData("dapper")]
    [InlineData("ef")]
    public async Task An_order_that_is_committed_is_confirmed_once_and_one_that_is_not_leaves_no_job(string kind)
    {
        await using var context = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(_database).Options);
        var shop = ShopOf(kind, context);
        await shop.PlaceAsync(new Order(_ids.Next(), "Ada"), Stop);

        await Assert.ThrowsAnyAsync<Exception>(() => shop.PlaceAsync(new Order(_ids.Next(), "Ada"), Stop));

        var job = Assert.Single(await Jobs.ListAsync(new JobQuery()));
        Assert.Equal(JobState.Succeeded, (await Jobs.WaitAsync(job.Id, TimeSpan.FromMinutes(1)))!.State);
        await using var connection = await _database.OpenConnectionAsync();
        Assert.Equal([1], await connection.QueryAsync<int>("select confirmed from orders"));
    }

    private IShop ShopOf(string kind, ShopContext context) => kind switch
    {
        "ado" => new AdoShop(_database, Jobs),
        "dapper" => new DapperShop(_database, Jobs),
        _ => new EfShop(context, Jobs),
    };
}
