using Carillon.Postgres;
using Carillon.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>The schema goes up and down, whoever does it, and what is wrong is said in words.</summary>
public sealed class PostgresSchemaTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly PostgresSchema _schema = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _schema.DisposeAsync().AsTask();

    [Fact]
    public async Task Several_nodes_that_start_at_once_make_one_schema()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _schema.OpenAsync()));

        Assert.Equal(SchemaUpgrade.Newest, await (await UpgradeAsync()).FindVersionAsync(Stop));
        await Task.WhenAll(stores.Select(store => store.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task It_goes_down_to_nothing_and_up_again()
    {
        await using (await _schema.OpenAsync())
        {
            // Opening is the upgrade.
        }

        var upgrade = await UpgradeAsync();
        await upgrade.DowngradeAsync(0, Stop);
        Assert.Equal(0, await upgrade.FindVersionAsync(Stop));
        Assert.Equal(0, await CountAsync($"select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '{_schema.Name}'"));
        Assert.Equal(0, await CountAsync($"select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = '{_schema.Name}'"));

        await upgrade.UpgradeAsync(Stop);
        Assert.Equal(SchemaUpgrade.Newest, await upgrade.FindVersionAsync(Stop));
    }

    [Fact]
    public async Task Who_owns_the_schema_needs_no_further_right()
    {
        var owner = $"{_schema.Name}_owner";
        await CountAsync($"create role {owner} login; create schema {_schema.Name} authorization {owner}; select 0::bigint");
        var address = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync) { Username = owner };

        await using (var store = await _schema.OpenAsync(options => (options.DataSource, options.ConnectionString) = (null, address.ConnectionString)))
        {
            Assert.NotNull(await store.GetTimeAsync(Stop));
        }
    }

    [Fact]
    public async Task A_database_of_another_encoding_is_refused_with_the_fix()
    {
        var name = $"{_schema.Name}_latin";
        await using (var command = (await PostgresServer.SourceAsync).CreateCommand($"create database {name} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var address = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync) { Database = name };
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => _schema.OpenAsync(options => (options.DataSource, options.ConnectionString) = (null, address.ConnectionString)));

        Assert.Contains("whose encoding is LATIN1", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("createdb --encoding=UTF8", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_drop_a_day_at_once_are_not_in_each_other_s_way()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _schema.OpenAsync()));
        var now = TimeProvider.System.GetUtcNow();
        var kept = new Retention(Finished: TimeSpan.FromDays(7), Dead: TimeSpan.FromDays(30), Journal: TimeSpan.FromDays(90));
        await stores[0].PurgeAsync(kept, 1_000, now, Stop);
        Assert.Equal(3, await DaysAsync());

        await Task.WhenAll(stores.Select(store => store.PurgeAsync(kept, 1_000, now + TimeSpan.FromDays(11), Stop)));

        // Who met another at it, or waited too long for a lock on a busy machine, leaves it to a later purge.
        foreach (var store in stores)
        {
            await store.PurgeAsync(kept, 1_000, now + TimeSpan.FromDays(11) + TimeSpan.FromMinutes(5), Stop);
        }

        // The three are past their retention; the day and the two after it were made.
        Assert.Equal(3, await DaysAsync());
        Assert.Equal(0, await CountAsync($"select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '{_schema.Name}' and c.relname = 'job_done_{Days.Of(now)}'"));
        await Task.WhenAll(stores.Select(store => store.DisposeAsync().AsTask()));
    }

    [Theory]
    [InlineData("99.0", true)]
    [InlineData("0.1.0", false)]
    public async Task A_newer_schema_is_used_only_if_it_allows_this_program(string oldest, bool isRefused)
    {
        await using var store = await _schema.OpenAsync();
        await CountAsync($"with a as (update {_schema.Name}.meta set value = '99' where name = 'schema_version' returning 1), b as (update {_schema.Name}.meta set value = '{oldest}' where name = 'oldest_program' returning 1) select count(*) from a, b");

        await using var other = await _schema.NewStoreAsync();
        var open = () => other.UpgradeSchemaAsync(Stop);

        if (isRefused)
        {
            Assert.Contains("needs Carillon 99.0", (await Assert.ThrowsAsync<StoreUnavailableException>(open)).Message, StringComparison.Ordinal);
        }
        else
        {
            await open();
        }
    }

    [Fact]
    public async Task The_views_come_and_go_with_their_setting()
    {
        List<long> found = [];
        foreach (var isWanted in new[] { true, false, false, true })
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => await (await _schema.OpenAsync(options => options.Views = isWanted)).DisposeAsync()));
            found.Add(await CountAsync($"select count(*) from pg_views where schemaname = '{_schema.Name}' and viewname not like 'presence%'"));
        }

        Assert.Equal([5, 0, 0, 5], found);
    }

    [Theory]
    [InlineData(ScheduleMode.Live, true)]
    [InlineData(ScheduleMode.Shadow, false)]
    [InlineData(ScheduleMode.Paused, false)]
    public async Task A_schedule_is_enabled_in_its_view_only_while_it_makes_jobs(ScheduleMode mode, bool isEnabled)
    {
        await using var store = await _schema.OpenAsync();
        var now = TimeProvider.System.GetUtcNow();
        var schedule = new Schedule { Id = Guid.Empty, Name = "each", Kind = RecurrenceKind.Every, Expression = "1s", Handler = "work", Mode = mode, AnchorAt = now, CreatedAt = now, UpdatedAt = now, NextAt = now };
        await store.PutSchedulesAsync([schedule], null, now, Stop);

        Assert.Equal(isEnabled ? 1 : 0, await CountAsync($"select count(*) from {_schema.Name}.scheduled_jobs where is_enabled and name = 'each'"));
    }

    [Fact]
    public async Task A_server_that_is_away_is_named_without_the_password()
    {
        var options = new PostgresStoreOptions { ConnectionString = "Host=127.0.0.1;Port=1;Username=me;Password=hush;Database=app;Timeout=2" };
        await using var store = new PostgresStore(options, NullLogger<PostgresStore>.Instance);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.UpgradeSchemaAsync(Stop));

        Assert.Contains("127.0.0.1:1, database 'app', user 'me'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.ToString() + store.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_said_with_the_fix()
    {
        var settings = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync) { Database = "nowhere" };
        await using var store = new PostgresStore(new PostgresStoreOptions { ConnectionString = settings.ConnectionString }, NullLogger<PostgresStore>.Instance);

        Assert.Contains("createdb nowhere", (await Assert.ThrowsAsync<StoreUnavailableException>(() => store.UpgradeSchemaAsync(Stop))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://me@host/app", "Host=host;Port=5432;Username=me;Database=app", "carillon")]
    [InlineData("postgresql://me:p%40ss@host:6000/app?schema=clock&sslmode=Require", "Host=host;Port=6000;Username=me;Password=p@ss;Database=app;SSL Mode=Require", "clock")]
    [InlineData("postgres://me@one,two:6000/app", "Host=one:5432,two:6000;Username=me;Database=app", "carillon")]
    public void An_address_says_what_a_connection_string_says(string address, string expected, string schema)
    {
        Assert.True(PostgresAddress.TryRead(address, out var options, out _));

        Assert.Equal(expected, options.ConnectionString);
        Assert.Equal(schema, options.Schema);
    }

    [Fact]
    public async Task A_node_at_rest_finds_what_another_one_brings()
    {
        var (now, ids) = (TimeProvider.System.GetUtcNow(), new JobIds(TimeProvider.System, new Chance()));
        await using var worker = await _schema.OpenAsync();
        await using var producer = await _schema.OpenAsync();
        var lease = await worker.AcquireAsync("node/a", "a", TimeSpan.FromHours(1), "{}", now, Stop);
        var request = new ClaimRequest { Node = "a", NodeToken = lease!.Token, Limit = 5, Handlers = new Dictionary<string, int?> { ["work"] = null } };
        await worker.RenewAsync("node/a", lease.Token, TimeSpan.FromHours(1), now, Stop);
        Assert.Empty((await worker.ClaimAsync(request, now, Stop)).Jobs);
        Assert.Empty((await worker.ClaimAsync(request, now, Stop)).Jobs);
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Signalled += _ => heard.TrySetResult();

        await producer.EnqueueAsync([new NewJob { Id = ids.Next(), Handler = "work" }], null, now, Stop);

        await heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Single((await worker.ClaimAsync(request, now, Stop)).Jobs);
    }

    private async Task<SchemaUpgrade> UpgradeAsync() => new(await PostgresServer.SourceAsync, new Sql(_schema.Name));

    private Task<long> DaysAsync() =>
        CountAsync($@"select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '{_schema.Name}' and c.relname ~ '^job_done_\d+$' and c.relkind = 'r'");

    private static async Task<long> CountAsync(string sql)
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
