using Carillon.Jobs;
using Carillon.Tests.Servers;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>A handler completes its job in a transaction of its own, and then does this or that: what the engine makes of it.</summary>
public sealed class PostgresCompletionTests : IAsyncLifetime
{
    private readonly PostgresSchema _schema = new();
    private NpgsqlDataSource _database = null!;
    private IHost _host = null!;
    private Func<JobContext, NpgsqlConnection, Task<Outcome?>> _work = static (_, _) => Task.FromResult<Outcome?>(null);
    private int _runs;

    private JobClient Jobs => _host.Services.GetRequiredService<JobClient>();

    public async Task InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync) { SearchPath = _schema.Name, MaxPoolSize = 5 });
        var source = await PostgresServer.SourceAsync;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCarillon(carillon => carillon
            .Handle(new HandlerDefinition { Name = "work", Run = RunAsync, Retry = new RetryPolicy { Attempts = 2, Backoff = Backoff.Fixed, Base = TimeSpan.FromMilliseconds(1) } })
            .UsePostgres("", options => (options.Schema, options.DataSource) = (_schema.Name, source)));
        _host = builder.Build();
        await _host.StartAsync();
        await using var connection = await _database.OpenConnectionAsync();
        await connection.ExecuteAsync("create table effects (run int)");
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _database.DisposeAsync();
        await _schema.DisposeAsync();
    }

    [Fact]
    public async Task Committed_and_returned_is_done()
    {
        _work = async (job, connection) =>
        {
            await using var transaction = await BeginAsync(connection);
            job.SetResult(42);
            job.Logger.LogInformation("nearly there");
            await job.CompleteInAsync(transaction);
            await transaction.CommitAsync();
            job.Logger.LogInformation("done");
            return null;
        };

        var job = await EndAsync();

        Assert.Equal((JobState.Succeeded, 1, "42"), (job.State, job.Attempt, job.Result));
        Assert.Equal([1], await EffectsAsync());
        await UntilAsync(async () => (await Jobs.ReadJournalAsync(new JournalQuery { Subject = Subject.Of(job.Id), Kinds = [JournalKinds.Log] })).Any(entry => entry.Data.Contains("done", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Thrown_after_the_commit_is_done_all_the_same()
    {
        _work = async (job, connection) =>
        {
            await using var transaction = await BeginAsync(connection);
            await job.CompleteInAsync(transaction);
            await transaction.CommitAsync();
            throw new InvalidOperationException("too late");
        };

        var job = await EndAsync();
        await UntilIdleAsync();

        Assert.Equal((JobState.Succeeded, 1), ((await Jobs.GetAsync(job.Id))!.State, _runs));
        Assert.Equal([1], await EffectsAsync());
    }

    [Fact]
    public async Task Thrown_before_the_commit_is_a_failed_attempt_without_effect()
    {
        _work = async (job, connection) =>
        {
            await using var transaction = await BeginAsync(connection);
            await job.CompleteInAsync(transaction);
            await (job.Attempt == 1 ? throw new InvalidOperationException("too early") : transaction.CommitAsync());
            return null;
        };

        var job = await EndAsync();

        Assert.Equal((JobState.Succeeded, 2), (job.State, job.Attempt));
        Assert.Equal([2], await EffectsAsync());
        Assert.Contains("too early", Assert.Single(await FailuresAsync(job.Id)).Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Returned_without_a_commit_is_a_failed_attempt(bool isLeftOpen)
    {
        _work = async (job, connection) =>
        {
            var transaction = await BeginAsync(isLeftOpen ? await _database.OpenConnectionAsync() : connection);
            await job.CompleteInAsync(transaction);
            await (job.Attempt == 2 ? transaction.CommitAsync() : isLeftOpen ? Task.CompletedTask : transaction.RollbackAsync());
            return job.Attempt == 2 ? null : new Outcome.Succeeded("no");
        };

        var job = await EndAsync();

        Assert.Equal((JobState.Succeeded, 2, null), (job.State, job.Attempt, job.Result));
        Assert.Equal([2], await EffectsAsync());
        Assert.Contains("CompleteInAsync", Assert.Single(await FailuresAsync(job.Id)).Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_rollback_another_outcome_of_the_handler_stands()
    {
        _work = async (job, connection) =>
        {
            await using var transaction = await BeginAsync(connection);
            await job.CompleteInAsync(transaction);
            await transaction.RollbackAsync();
            return JobContext.Fail("thought better of it");
        };

        var job = await EndAsync();

        Assert.Equal((JobState.Dead, "thought better of it"), (job.State, job.Error));
        Assert.Empty(await EffectsAsync());
    }

    [Fact]
    public async Task A_second_transaction_completes_the_job_if_the_first_came_to_nothing()
    {
        _work = async (job, connection) =>
        {
            await using (var first = await BeginAsync(connection))
            {
                await job.CompleteInAsync(first);
            }

            await using var second = await BeginAsync(connection);
            await job.CompleteInAsync(second);
            await second.CommitAsync();
            return null;
        };

        var job = await EndAsync();

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Attempt));
        Assert.Equal([1], await EffectsAsync());
    }

    [Fact]
    public async Task A_second_transaction_after_a_commit_whose_answer_was_lost_changes_nothing_twice()
    {
        Exception? told = null;
        _work = async (job, connection) =>
        {
            await using (var first = await BeginAsync(connection))
            {
                await job.CompleteInAsync(first);
                await first.CommitAsync();
            }

            // As an execution strategy does it that took the lost answer for a failure.
            await using var second = await BeginAsync(connection);
            told = await Record.ExceptionAsync(() => job.CompleteInAsync(second));
            throw told!;
        };

        var job = await EndAsync();
        await UntilIdleAsync();

        Assert.IsType<ClaimLostException>(told);
        Assert.Equal((JobState.Succeeded, 1), ((await Jobs.GetAsync(job.Id))!.State, _runs));
        Assert.Equal([1], await EffectsAsync());
    }

    private async Task<Outcome?> RunAsync(JobContext job)
    {
        Interlocked.Increment(ref _runs);
        await using var connection = await _database.OpenConnectionAsync();
        return await _work(job, connection);
    }

    private async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection)
    {
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("insert into effects values (@Run)", new { Run = _runs }, transaction);
        return transaction;
    }

    private async Task<Job> EndAsync()
    {
        var receipt = await Jobs.EnqueueAsync(new JobRequest { Handler = "work" });
        return (await Jobs.WaitAsync(receipt.Id, TimeSpan.FromMinutes(1)))!;
    }

    private async Task<List<int>> EffectsAsync()
    {
        await using var connection = await _database.OpenConnectionAsync();
        return [.. await connection.QueryAsync<int>("select run from effects")];
    }

    private Task<IReadOnlyList<JournalEntry>> FailuresAsync(Guid id) =>
        Jobs.ReadJournalAsync(new JournalQuery { Subject = Subject.Of(id), Kinds = [JournalKinds.Attempt] });

    /// <summary>A job that came after has ended: what the engine still had to say of the one before is said.</summary>
    private async Task UntilIdleAsync()
    {
        _work = static (_, _) => Task.FromResult<Outcome?>(null);
        var runs = _runs;
        await EndAsync();
        _runs = runs;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
