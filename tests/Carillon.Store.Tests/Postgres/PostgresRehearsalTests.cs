using Carillon.Postgres;
using Dapper;

namespace Carillon.Store.Tests.Postgres;

/// <summary>Before a node's first job: claims and ends that nobody sees.</summary>
public sealed class PostgresRehearsalTests : PostgresTransactions
{
    private static readonly string[] Tables = ["job", "job_done", "lane", "claim_batch", "journal", "busy_key"];

    [Fact]
    public async Task A_node_with_nothing_to_do_rehearses_and_leaves_nothing_behind()
    {
        Store.Accept(new NoOffer());

        Assert.Empty(await ClaimAsync());
        while (await RehearsedAsync() < Rehearsal.Sessions * Rehearsal.Rounds || await CountAsync($"pg_stat_activity where state = 'idle in transaction' and query like '%{Schema.Name}%claim(%'") > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        await Store.DisposeAsync();
        foreach (var table in Tables)
        {
            Assert.Equal(0, await CountAsync($"{Schema.Name}.{table}"));
        }

        Assert.Equal(1, await CountAsync($"{Schema.Name}.lease where name like 'node/%'"));
    }

    [Fact]
    public async Task A_node_with_work_does_not_rehearse()
    {
        Store.Accept(new NoOffer());
        await Other.EnqueueAsync([New()], null, Now, Stop);

        Assert.Single(await ClaimAsync());
        Assert.Empty(await ClaimAsync());

        // Its end waits for a rehearsal that had begun.
        await Store.DisposeAsync();
        Assert.Equal(1, await RehearsedAsync());
    }

    [Fact]
    public async Task A_rehearsal_is_broken_off_when_the_node_stops()
    {
        Store.Accept(new NoOffer());
        Assert.Empty(await ClaimAsync());

        await Store.DisposeAsync();

        Assert.Equal(0, await CountAsync($"pg_stat_activity where state <> 'idle' and query like '%{Schema.Name}%claim(%' and pid <> pg_backend_pid()"));
        Assert.Equal(0, await CountAsync($"{Schema.Name}.job"));
    }

    // Numbers of lanes are drawn for good.
    private Task<long> RehearsedAsync() =>
        Connection.ExecuteScalarAsync<long>($"select case when is_called then last_value else 0 end from {Schema.Name}.lane_id_seq");

    private Task<int> CountAsync(string rows) => Connection.ExecuteScalarAsync<int>($"select count(*) from {rows}");

    private sealed class NoOffer : IClaimOffer
    {
        public ClaimRequest? TryTake(IReadOnlyList<NewJob> jobs) => null;

        public void Give(IReadOnlyList<Job> jobs)
        {
        }

        public void Lose()
        {
        }
    }
}
