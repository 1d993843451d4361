using Carillon.Postgres;
using Carillon.Tests.Servers;

namespace Carillon.Store.Tests.Postgres;

/// <summary>A process that stands still (SIGSTOP, a paused virtual machine) in the middle of a transaction keeps its row locks; the server still sees it as alive.</summary>
public sealed class PostgresPauseTests : PostgresTransactions
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // A statement of another process that waits for the lock gives up after this time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <summary>Whose connections they are.</summary>
    public enum Pool
    {
        Own,
        OfHost,
        BehindPooler,
    }

    // Found by two nodes stopped at once, the leader among them: for 45 s no third one led.
    [Theory]
    [InlineData(Pool.Own)]
    [InlineData(Pool.OfHost)]
    [InlineData(Pool.BehindPooler)]
    public async Task It_keeps_nobody_from_leading_and_does_its_work_anew_when_it_goes_on(Pool pool)
    {
        await Store.AcquireAsync("leader", "a", Minute, "{}", Now, Stop);
        await using var connections = await NewConnectionsAsync(pool);
        var (stopped, going) = (new TaskCompletionSource(), new TaskCompletionSource());
        var tries = 0;
        var write = connections.WriteAsync(
            async transaction =>
            {
                var renewed = await transaction.Use("update carillon.lease set data = '{\"seen\":1}' where name = 'leader' returning 1").FirstAsync(row => row.GetInt32(0));
                _ = ++tries == 1 && stopped.TrySetResult();
                await going.Task;
                return renewed;
            },
            Stop);
        await stopped.Task;

        var lease = await Other.AcquireAsync("leader", "b", Minute, "{}", Now + (2 * Minute), Stop).WaitAsync(Patience);
        going.SetResult();

        Assert.Equal("b", lease?.Owner);
        Assert.Equal(1, await write);
        Assert.Equal(2, tries);
        Assert.Equal("""{"seen":1}""", Assert.Single(await Other.ListLeasesAsync("leader", Now, Stop)).Data);
    }

    [Fact]
    public async Task What_it_was_reading_is_read_anew()
    {
        await using var connections = await NewConnectionsAsync(Pool.Own);
        var tries = 0;

        var read = await connections.ReadAsync(
            async transaction =>
            {
                var process = await transaction.Use("select pg_backend_pid()").FirstAsync(row => row.GetInt32(0));
                await (++tries == 1 ? UntilGoneAsync(process) : Task.CompletedTask);
                return await transaction.Use("select 1").FirstAsync(row => row.GetInt32(0));
            },
            Stop);

        Assert.Equal((1, 2), (read, tries));
    }

    private static async Task UntilGoneAsync(int process)
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand($"select exists (select 1 from pg_stat_activity where pid = {process})");
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await command.ExecuteScalarAsync(limit.Token) is true)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private async Task<Connections> NewConnectionsAsync(Pool pool)
    {
        var address = await PostgresServer.ConnectionStringAsync;
        var options = new PostgresStoreOptions { ConnectionString = address, DirectConnectionString = pool == Pool.BehindPooler ? address : "", MaxConnections = 2 };
        return new Connections(pool == Pool.OfHost ? await PostgresServer.SourceAsync : DataSources.Build(options), new PostgresMemory(), new Sql(Schema.Name), static (_, _) => { })
        {
            IsOwned = pool != Pool.OfHost,
            Direct = DataSources.BuildDirect(options),
        };
    }
}
