using Carillon.Postgres;
using Carillon.Tests.Servers;
using Dapper;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>Two processes on one schema, and a user's own connection to its database.</summary>
public abstract class PostgresTransactions : IAsyncLifetime
{
    protected static readonly CancellationToken Stop = CancellationToken.None;

    private protected PostgresSchema Schema { get; } = new();

    private protected JobIds Ids { get; } = new(TimeProvider.System, new Chance(11));

    private protected PostgresStore Store { get; private set; } = null!;

    private protected PostgresStore Other { get; private set; } = null!;

    private protected NpgsqlConnection Connection { get; private set; } = null!;

    protected long Node { get; private set; }

    protected static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async Task InitializeAsync()
    {
        (Store, Other) = (await Schema.OpenAsync(), await Schema.OpenAsync());
        Connection = await OpenConnectionAsync();
        Node = (await Store.AcquireAsync("node/a", "a", TimeSpan.FromHours(1), "{}", Now, Stop))!.Token;
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Other.DisposeAsync();
        await Store.DisposeAsync();
        await Schema.DisposeAsync();
    }

    private protected NewJob New() => new() { Id = Ids.Next(), Handler = "work" };

    private protected static async Task<NpgsqlConnection> OpenConnectionAsync(string? database = null, string? user = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync) { Pooling = false };
        (settings.Database, settings.Username) = (database ?? settings.Database, user ?? settings.Username);
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private protected async Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(NpgsqlTransaction transaction, params NewJob[] jobs) =>
        await (await Store.JoinAsync(transaction, Stop)).EnqueueAsync(jobs, null, Now, Stop);

    private protected async Task<bool> FinishInAsync(NpgsqlTransaction transaction, Job job, Outcome outcome) =>
        await (await Store.JoinAsync(transaction, Stop)).FinishAsync(new Finish(job, outcome) { StartedAt = Now, EndedAt = Now }, Now, Stop);

    private protected async Task FinishAsync(Job job) =>
        Assert.True(Assert.Single(await Store.FinishAsync([new Finish(job, new Outcome.Succeeded()) { StartedAt = Now, EndedAt = Now }], Now, Stop)));

    private protected async Task<IReadOnlyList<Job>> ClaimAsync() =>
        (await Store.ClaimAsync(new ClaimRequest { Node = "a", NodeToken = Node, Limit = 10, Handlers = new Dictionary<string, int?> { ["work"] = null } }, Now, Stop)).Jobs;

    private protected static Task HearJobs(PostgresStore store)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Signalled += signal => _ = signal.HasFlag(StoreSignal.Jobs) && heard.TrySetResult();
        return heard.Task;
    }

    private protected Task RunAsync(string statements) => Connection.ExecuteAsync(statements);

    private protected async Task<bool> ExistsAsync(string table)
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand($"select to_regclass('{Schema.Name}.{table}') is not null");
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>As if the process had died: its session ends, whatever it was about.</summary>
    private protected async Task CutAsync()
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand($"select pg_terminate_backend({Connection.ProcessID}, 10000)");
        await command.ExecuteNonQueryAsync();
    }

    private protected async Task UntilWaitsAsync(int sessions)
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand($"select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%{Schema.Name}%'");
        while ((long)(await command.ExecuteScalarAsync())! < sessions)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
