using Dapper;

namespace Carillon.Store.Tests.Postgres;

/// <summary>The leader's term only grows, whoever waits for whom.</summary>
public sealed class PostgresTermTests : PostgresTransactions
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Who_waited_for_another_leader_leads_under_a_higher_term_than_that_one()
    {
        var first = await Store.AcquireAsync("leader", "a", Minute, "{}", Now, Stop);
        await using var begun = await Connection.BeginTransactionAsync();
        await RunAsync($"select 1 from {Schema.Name}.lease where name = 'leader' for update");

        var waiting = Other.AcquireAsync("leader", "c", Minute, "{}", Now + (2 * Minute), Stop);
        await UntilWaitsAsync(1);
        var second = await Connection.ExecuteScalarAsync<long>($"update {Schema.Name}.lease set owner = 'b', until = until - 1, token = nextval('{Schema.Name}.lease_token') where name = 'leader' returning token");
        await begun.CommitAsync();
        var third = await waiting;

        Assert.True(first!.Token < second && second < third!.Token, $"{first.Token}, {second}, {third!.Token}");
    }

    [Fact]
    public async Task Who_waited_for_a_leader_that_gives_up_leads_under_a_higher_term()
    {
        var first = await Store.AcquireAsync("leader", "a", Minute, "{}", Now, Stop);
        await using var begun = await Connection.BeginTransactionAsync();
        await RunAsync($"select 1 from {Schema.Name}.lease where name = 'leader' for update");

        var leaving = Store.ReleaseAsync("leader", first!.Token, Stop);
        await UntilWaitsAsync(1);
        var waiting = Other.AcquireAsync("leader", "b", Minute, "{}", Now, Stop);
        await UntilWaitsAsync(2);
        await begun.CommitAsync();
        await leaving;
        var second = await waiting ?? await Other.AcquireAsync("leader", "b", Minute, "{}", Now, Stop);

        Assert.True(second!.Token > first.Token);
        Assert.Equal(second, Assert.Single(await Store.ListLeasesAsync("leader", Now, Stop)));
        Assert.Equal(second.Token, await Connection.ExecuteScalarAsync<long>($"select term from {Schema.Name}.scheduler_leader"));
    }

    [Fact]
    public async Task A_leader_that_gave_up_is_shown_to_nobody()
    {
        var first = await Store.AcquireAsync("leader", "a", Minute, "{}", Now, Stop);

        await Store.ReleaseAsync("leader", first!.Token, Stop);

        Assert.Empty(await Store.ListLeasesAsync("leader", Now, Stop));
        Assert.Equal(0, await Connection.ExecuteScalarAsync<int>($"select count(*) from {Schema.Name}.scheduler_leader"));
    }
}
