using Carillon.Jobs;
using Carillon.Postgres;
using Carillon.Tests.Servers;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>A pooler between the nodes and the server.</summary>
public sealed class PgBouncerTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly PostgresSchema _schema = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _schema.DisposeAsync().AsTask();

    [PgBouncerFact]
    public async Task One_that_keeps_no_sessions_is_refused_with_the_setting_that_helps()
    {
        await using var bouncer = await PgBouncer.StartAsync("transaction");
        await using var store = NewStore(bouncer, "");

        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.UpgradeSchemaAsync(Stop));

        Assert.Contains("?direct=HOST:PORT", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("DirectConnectionString", refusal.Message, StringComparison.Ordinal);
    }

    [PgBouncerFact]
    public async Task One_that_keeps_sessions_needs_no_setting()
    {
        await using var bouncer = await PgBouncer.StartAsync("session");
        await using var store = NewStore(bouncer, "");

        await store.UpgradeSchemaAsync(Stop);

        Assert.NotNull(await store.GetTimeAsync(Stop));
    }

    [PgBouncerFact]
    public async Task With_the_server_named_beside_it_jobs_run_news_travel_and_transactions_are_shared()
    {
        await using var bouncer = await PgBouncer.StartAsync("transaction");
        var direct = await PostgresServer.ConnectionStringAsync;
        using var worker = await StartAsync(bouncer, direct, maxConcurrent: 4);
        using var client = await StartAsync(bouncer, direct, maxConcurrent: 0);
        var jobs = client.Services.GetRequiredService<JobClient>();
        await using var connection = new NpgsqlConnection(bouncer.ConnectionString);
        await connection.OpenAsync();

        var receipts = new List<JobReceipt>();
        for (var i = 0; i < 40; i++)
        {
            receipts.Add(await jobs.EnqueueAsync(new JobRequest { Handler = "work", Key = $"{i % 30}", ConcurrencyKey = $"{i % 3}" }));
        }

        await using (var transaction = await connection.BeginTransactionAsync())
        {
            receipts.Add(await jobs.EnqueueAsync(new JobRequest { Handler = "work" }, transaction));
            await transaction.CommitAsync();
        }

        foreach (var receipt in receipts)
        {
            Assert.Equal(JobState.Succeeded, (await jobs.WaitAsync(receipt.Id, TimeSpan.FromMinutes(1)))!.State);
        }

        Assert.True(await connection.ExecuteScalarAsync<int>("select count(*) from pg_stat_activity where query like '%listen%' and query not like '%pg_stat_activity%'") >= 2);
        await client.StopAsync();
        await worker.StopAsync();
    }

    [Theory]
    [InlineData("postgres://me:hush@pool:6432/app?direct=db", "Host=db;Port=5432;Username=me;Password=hush;Database=app")]
    [InlineData("postgres://me@pool:6432/alias?direct=db:5433/app&schema=x", "Host=db;Port=5433;Username=me;Database=app")]
    public void An_address_names_the_server_beside_the_pooler(string address, string expected)
    {
        Assert.True(PostgresAddress.TryRead(address, out var options, out _));

        Assert.Equal(expected, options.DirectConnectionString);
    }

    private PostgresStore NewStore(PgBouncer bouncer, string direct) => new(
        new PostgresStoreOptions { ConnectionString = bouncer.ConnectionString, DirectConnectionString = direct, Schema = _schema.Name, MaxConnections = 8 }, NullLogger<PostgresStore>.Instance);

    private async Task<IHost> StartAsync(PgBouncer bouncer, string direct, int maxConcurrent)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCarillon(carillon => carillon
            .Configure(options => (options.NodeName, options.MaxConcurrentJobs, options.Enabled) = ($"n{maxConcurrent}", Math.Max(1, maxConcurrent), maxConcurrent > 0))
            .Handle("work", static _ => Task.CompletedTask)
            .UsePostgres(bouncer.ConnectionString, options => (options.Schema, options.DirectConnectionString, options.MaxConnections) = (_schema.Name, direct, 8)));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
