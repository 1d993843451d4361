using Carillon.Postgres;
using Carillon.Tests.Servers;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>What nodes that fire the same schedules do to each other.</summary>
public sealed class PostgresFiringFaultTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly PostgresSchema _schema = new();
    private readonly JobIds _ids = new(TimeProvider.System, new Chance(11));
    private PostgresStore _store = null!;

    public async Task InitializeAsync() => _store = await _schema.OpenAsync();

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _schema.DisposeAsync();
    }

    // Found by the cluster under cut commits: three nodes that met the schedules in three orders waited for each other until the database
    // broke the ring, a second later, and met again.
    [Fact]
    public async Task A_firing_that_waits_for_a_schedule_holds_none_that_comes_after_it()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (first, second) = (New("a", now), New("b", now));
        await _store.PutSchedulesAsync([first, second], null, now, Stop);
        await using var source = NpgsqlDataSource.Create(await PostgresServer.ConnectionStringAsync);
        await using var other = await source.OpenConnectionAsync();
        await using var holding = await other.BeginTransactionAsync();
        await RunAsync(other, $"select 1 from {_schema.Name}.schedule where name = 'a' for update");

        var firing = _store.FireAsync([Fire(second), Fire(first)], now, Stop);
        await UntilBlockedByAsync(other.ProcessID);
        await RunAsync(other, $"select 1 from {_schema.Name}.schedule where name = 'b' for update nowait");
        await holding.RollbackAsync();

        Assert.All(await firing, result => Assert.True(result.IsApplied));
    }

    private Schedule New(string name, DateTimeOffset now) => new()
    {
        Id = _ids.Next(),
        Name = name,
        Kind = RecurrenceKind.Every,
        Expression = "1s",
        Handler = "work",
        AnchorAt = now,
        CreatedAt = now,
        UpdatedAt = now,
        NextAt = now,
        Overlap = OverlapPolicy.Allow,
    };

    private Firing Fire(Schedule schedule) => new(schedule.Name, schedule.Id, 1, schedule.NextAt!.Value, schedule.NextAt.Value + TimeSpan.FromSeconds(1))
    {
        Jobs = [new NewJob { Id = _ids.Next(), Handler = "work", Schedule = schedule.Name, ScheduledAt = schedule.NextAt }],
    };

    private static async Task UntilBlockedByAsync(int process)
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand($"select exists (select 1 from pg_stat_activity where {process} = any (pg_blocking_pids(pid)))");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await command.ExecuteScalarAsync(limit.Token) is not true)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(sql) } };
        await batch.ExecuteNonQueryAsync();
    }
}
