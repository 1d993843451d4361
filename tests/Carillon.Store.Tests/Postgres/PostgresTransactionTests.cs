using System.Data;
using Carillon.Tests.Servers;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>Jobs that come to be in transactions of the user's own.</summary>
public sealed class PostgresTransactionTests : PostgresTransactions
{
    [Fact]
    public async Task A_job_is_seen_by_nobody_before_the_commit_and_told_to_all_with_it()
    {
        var (here, there) = (HearJobs(Store), HearJobs(Other));
        await using var transaction = await Connection.BeginTransactionAsync();
        var job = New();
        var result = Assert.Single(await EnqueueAsync(transaction, job));
        var before = await Store.GetAsync(job.Id, Stop);
        var isToldBefore = here.IsCompleted || there.IsCompleted;

        await transaction.CommitAsync();

        await Task.WhenAll(here, there).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((EnqueueStatus.Created, job.Id), (result.Status, result.Id));
        Assert.Null(before);
        Assert.False(isToldBefore);
        Assert.Equal(job.Id, Assert.Single(await ClaimAsync()).Id);
    }

    [Fact]
    public async Task A_job_never_was_if_the_transaction_is_rolled_back()
    {
        var job = New() with { Key = "once", KeyHold = TimeSpan.FromDays(1) };
        await using (var transaction = await Connection.BeginTransactionAsync())
        {
            await EnqueueAsync(transaction, job);
            await transaction.RollbackAsync();
        }

        var again = Assert.Single(await Store.EnqueueAsync([New() with { Key = "once" }], null, Now, Stop));

        Assert.Null(await Store.GetAsync(job.Id, Stop));
        Assert.Equal(EnqueueStatus.Created, again.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_asks_for_a_key_that_an_open_transaction_has_waits_for_its_end(bool isCommitted)
    {
        await using var transaction = await Connection.BeginTransactionAsync();
        var job = New() with { Key = "once" };
        await EnqueueAsync(transaction, job);
        var asking = Other.EnqueueAsync([New() with { Key = "once" }], null, Now, Stop);
        await UntilWaitsAsync(1);

        await (isCommitted ? transaction.CommitAsync() : transaction.RollbackAsync());

        var answer = Assert.Single(await asking);
        Assert.Equal(isCommitted ? EnqueueStatus.Existing : EnqueueStatus.Created, answer.Status);
        Assert.Equal(isCommitted, answer.Id == job.Id);
    }

    [Fact]
    public async Task A_new_lane_keeps_nobody_waiting_and_outlives_the_rollback()
    {
        await using var transaction = await Connection.BeginTransactionAsync();
        await EnqueueAsync(transaction, New() with { Queue = "fresh" });

        var beside = Assert.Single(await Other.EnqueueAsync([New() with { Queue = "fresh" }], null, Now, Stop).WaitAsync(TimeSpan.FromSeconds(30)));
        await transaction.RollbackAsync();

        Assert.Equal(beside.Id, Assert.Single(await ClaimAsync()).Id);
        Assert.Equal(EnqueueStatus.Created, Assert.Single(await Store.EnqueueAsync([New() with { Queue = "fresh" }], null, Now, Stop)).Status);
    }

    [Fact]
    public async Task A_dependency_that_nobody_knows_writes_nothing_and_leaves_the_transaction_usable()
    {
        await using var transaction = await Connection.BeginTransactionAsync();
        var kept = New();
        await EnqueueAsync(transaction, kept);

        var refused = await EnqueueAsync(transaction, New(), New() with { After = [new After(Ids.Next())] });
        await transaction.CommitAsync();

        Assert.Equal(EnqueueStatus.UnknownDependency, refused[1].Status);
        Assert.Equal([kept.Id], (await Store.ListAsync(new JobQuery(), Stop)).Select(job => job.Id));
    }

    [Fact]
    public async Task A_key_that_is_taken_is_an_answer_and_no_error()
    {
        var taken = New() with { Key = "once" };
        await Other.EnqueueAsync([taken], null, Now, Stop);
        await using var transaction = await Connection.BeginTransactionAsync();

        var answers = await EnqueueAsync(transaction, New() with { Key = "once" }, New());
        await transaction.CommitAsync();

        Assert.Equal([(EnqueueStatus.Existing, true), (EnqueueStatus.Created, false)], answers.Select(answer => (answer.Status, answer.Id == taken.Id)));
        Assert.Equal(2, (await Store.ListAsync(new JobQuery(), Stop)).Count);
    }

    [Fact]
    public async Task A_job_may_wait_for_one_of_the_same_transaction()
    {
        await using var transaction = await Connection.BeginTransactionAsync();
        var (first, then) = (New(), New());
        await EnqueueAsync(transaction, first);
        await EnqueueAsync(transaction, then with { After = [new After(first.Id)] });
        await transaction.CommitAsync();

        await FinishAsync(Assert.Single(await ClaimAsync()));

        Assert.Equal(then.Id, Assert.Single(await ClaimAsync()).Id);
    }

    [Fact]
    public async Task In_a_stricter_transaction_only_plain_jobs_are_taken()
    {
        await using var transaction = await Connection.BeginTransactionAsync(IsolationLevel.Serializable);
        await RunAsync("select 1");
        var plain = New() with { Queue = "never seen" };
        Assert.Equal(EnqueueStatus.Created, Assert.Single(await EnqueueAsync(transaction, plain)).Status);

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => EnqueueAsync(transaction, New() with { Key = "once" }));
        await transaction.CommitAsync();

        Assert.Contains("READ COMMITTED", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(plain.Id, Assert.Single(await ClaimAsync()).Id);
    }

    [Fact]
    public async Task A_transaction_that_cannot_be_joined_is_refused_with_the_reason()
    {
        var over = await Connection.BeginTransactionAsync();
        await over.CommitAsync();
        await using var elsewhere = await OpenConnectionAsync("template1");
        await using var foreign = await elsewhere.BeginTransactionAsync();
        await using var stranger = new StrangeTransaction();

        var refusals = new[]
        {
            (await Assert.ThrowsAsync<ArgumentException>(() => Store.JoinAsync(over, Stop))).Message,
            (await Assert.ThrowsAsync<ArgumentException>(() => Store.JoinAsync(foreign, Stop))).Message,
            (await Assert.ThrowsAsync<ArgumentException>(() => Store.JoinAsync(stranger, Stop))).Message,
        };

        Assert.Contains("is over", refusals[0], StringComparison.Ordinal);
        Assert.Contains("database 'template1'", refusals[1], StringComparison.Ordinal);
        Assert.Contains(nameof(StrangeTransaction), refusals[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_database_by_another_name_is_the_same()
    {
        var settings = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync);
        settings.Host = settings.Host == "127.0.0.1" ? "localhost" : settings.Host;
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        Assert.Equal(EnqueueStatus.Created, Assert.Single(await EnqueueAsync(transaction, New())).Status);
    }

    [Fact]
    public async Task A_role_without_rights_is_told_which()
    {
        var role = $"{Schema.Name}_app";
        await RunAsync($"create role {role} login");
        await using (var connection = await OpenConnectionAsync(user: role))
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => EnqueueAsync(transaction, New()));
            Assert.Contains(role, refusal.Message, StringComparison.Ordinal);
        }

        // What docs/transactions.md grants is enough, for both ends of a job.
        await RunAsync($"grant usage on schema {Schema.Name} to {role}; grant select, insert, update, delete on all tables in schema {Schema.Name} to {role}");
        await using (var connection = await OpenConnectionAsync(user: role))
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await EnqueueAsync(transaction, New() with { Key = "once", ConcurrencyKey = "one" });
            await transaction.CommitAsync();
        }

        var claimed = Assert.Single(await ClaimAsync());
        await using (var connection = await OpenConnectionAsync(user: role))
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            Assert.True(await FinishInAsync(transaction, claimed, new Outcome.Succeeded { Then = [New()] }));
            await transaction.CommitAsync();
        }

        await RunAsync($"drop owned by {role}; drop role {role}");
    }

    private sealed class StrangeTransaction : System.Data.Common.DbTransaction
    {
        public override IsolationLevel IsolationLevel => IsolationLevel.ReadCommitted;

        protected override System.Data.Common.DbConnection? DbConnection => null;

        public override void Commit() { }

        public override void Rollback() { }
    }
}
