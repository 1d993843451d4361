namespace Carillon.Store.Tests;

// Names held for a time, by virtual clocks only.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_free_lease_is_taken()
    {
        var lease = await AcquireAsync("a", data: """{"handlers":[]}""");

        Assert.Equal(new Lease("leader", "a", Noon + Minute, lease!.Token, """{"handlers":[]}"""), lease);
        Assert.True(lease.Token > 0);
        Assert.Equal([lease], await Store.ListLeasesAsync("lead", Noon, Stop));
    }

    [Fact]
    public async Task A_held_lease_is_refused_to_another_until_it_has_run_out()
    {
        var first = await AcquireAsync("a");

        Assert.Null(await AcquireAsync("b", Noon + Minute - Second));
        var second = await AcquireAsync("b", Noon + Minute);

        Assert.Equal("b", second!.Owner);
        Assert.True(second.Token > first!.Token);
    }

    [Fact]
    public async Task The_owner_takes_its_own_lease_again_under_a_new_token()
    {
        var first = await AcquireAsync("a");

        var second = await AcquireAsync("a", Noon + Second, data: """{"v":2}""");

        Assert.True(second!.Token > first!.Token);
        Assert.Equal((Noon + Second + Minute, """{"v":2}"""), (second.Until, second.Data));
    }

    [Fact]
    public async Task The_owner_whose_lease_ran_out_gets_a_new_token()
    {
        var first = await AcquireAsync("a");

        var second = await AcquireAsync("a", Noon + Minute);

        Assert.True(second!.Token > first!.Token);
    }

    [Fact]
    public async Task A_renewal_prolongs_what_is_held()
    {
        var lease = await AcquireAsync("a");

        var renewal = await Store.RenewAsync("leader", lease!.Token, Minute, Noon + Second, Stop);

        Assert.True(renewal.IsHeld);
        Assert.Equal(lease with { Until = Noon + Second + Minute }, Assert.Single(await Store.ListLeasesAsync("", Noon, Stop)));
    }

    [Fact]
    public async Task A_lease_that_ran_out_cannot_be_renewed()
    {
        var lease = await AcquireAsync("a");

        Assert.False((await Store.RenewAsync("leader", lease!.Token, Minute, Noon + Minute, Stop)).IsHeld);
        Assert.NotNull(await AcquireAsync("b", Noon + Minute));
    }

    [Fact]
    public async Task A_lease_that_changed_hands_cannot_be_renewed_under_the_old_token()
    {
        var old = await AcquireAsync("a");
        var heir = await AcquireAsync("b", Noon + Minute);

        Assert.False((await Store.RenewAsync("leader", old!.Token, Hour, Noon + Minute, Stop)).IsHeld);
        Assert.Equal(heir, Assert.Single(await Store.ListLeasesAsync("leader", Noon + Minute, Stop)));
    }

    [Fact]
    public async Task A_lease_that_never_was_cannot_be_renewed() =>
        Assert.False((await Store.RenewAsync("leader", 1, Minute, Noon, Stop)).IsHeld);

    [Fact]
    public async Task A_lease_given_up_is_free_at_once_and_its_token_is_not_used_again()
    {
        var first = await AcquireAsync("a");

        await Store.ReleaseAsync("leader", first!.Token, Stop);

        Assert.Empty(await Store.ListLeasesAsync("", Noon, Stop));
        Assert.False((await Store.RenewAsync("leader", first.Token, Minute, Noon, Stop)).IsHeld);
        Assert.True((await AcquireAsync("a"))!.Token > first.Token);
    }

    [Fact]
    public async Task A_lease_held_under_another_token_is_not_given_up()
    {
        var old = await AcquireAsync("a");
        await AcquireAsync("b", Noon + Minute);

        await Store.ReleaseAsync("leader", old!.Token, Stop);
        await Store.ReleaseAsync("unknown", 1, Stop);

        Assert.Null(await AcquireAsync("c", Noon + Minute));
    }

    [Fact]
    public async Task Leases_are_listed_by_prefix_while_they_last()
    {
        await JoinAsync("b", lease: Hour);
        await JoinAsync("a", lease: Hour);
        await JoinAsync("gone", lease: Second);
        await JoinAsync("A_", lease: Hour);
        await AcquireAsync("x");

        var names = (await Store.ListLeasesAsync("node/", Noon + Second, Stop)).Select(lease => lease.Name);

        Assert.Equal(["node/A_", "node/a", "node/b"], names.Order(StringComparer.Ordinal));
        Assert.Empty(await Store.ListLeasesAsync("NODE/", Noon, Stop));
        Assert.Empty(await Store.ListLeasesAsync("node_", Noon, Stop));
        Assert.Empty(await Store.ListLeasesAsync("%", Noon, Stop));
    }

    [Fact]
    public async Task A_renewal_brings_what_its_owner_was_asked_to_stop()
    {
        var job = await RunAsync();
        var untouched = await MakeAsync(Ask("other"));
        var node = await JoinAsync("a");
        await ClaimOneAsync(node);
        await ChangeAsync(job.Id, JobChange.Cancel);

        var own = await Store.RenewAsync("node/a", node.Token, Hour, Noon, Stop);
        var other = await Store.RenewAsync("node/b", (await JoinAsync("b")).Token, Hour, Noon, Stop);

        Assert.Equal([new CancelRequest(job.Id, job.Token, "user")], own.Cancels);
        Assert.Empty(other.Cancels);
        Assert.Equal(JobState.Running, (await LoadAsync(untouched.Id)).State);
    }

    [Fact]
    public async Task A_renewal_brings_what_is_wanted_of_the_node_and_of_no_other()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        var none = await RenewNodeAsync(a);
        await Store.PutDefinitionAsync(DefinitionKinds.Node, "a", """{"v":1}""", null, ByAda, Noon, Stop);
        var first = await RenewNodeAsync(a);
        await Store.PutDefinitionAsync(DefinitionKinds.Node, "a", """{"v":2}""", 1, ByAda, Noon, Stop);
        var second = await RenewNodeAsync(a);
        var other = await RenewNodeAsync(b);
        await Store.RemoveDefinitionAsync(DefinitionKinds.Node, "a", null, Noon, Stop);

        Assert.Equal((null, """{"v":1}""", """{"v":2}""", null), (none.Wish, first.Wish, second.Wish, other.Wish));
        Assert.Null((await RenewNodeAsync(a)).Wish);
    }

    [Fact]
    public async Task A_wish_that_was_refused_is_not_brought()
    {
        var node = await JoinAsync("a");
        await Store.PutDefinitionAsync(DefinitionKinds.Node, "a", "{}", 7, ByAda, Noon, Stop);

        Assert.Null((await RenewNodeAsync(node)).Wish);
    }

    [Fact]
    public async Task Who_asks_something_of_a_node_makes_the_nodes_look()
    {
        var signals = StoreSignal.None;
        Store.Signalled += signal => signals |= signal;

        await Store.PutDefinitionAsync(DefinitionKinds.Node, "a", "{}", null, ByAda, Noon, Stop);

        Assert.Equal(StoreSignal.Cancels, signals);
    }

    [Fact]
    public async Task A_job_that_has_ended_is_not_asked_to_stop_any_more()
    {
        var job = await RunAsync();
        await ChangeAsync(job.Id, JobChange.Cancel);
        await FinishAsync(job, new Outcome.Cancelled("user"));

        Assert.Empty((await Store.RenewAsync("node/a", (await JoinAsync("a")).Token, Hour, Noon, Stop)).Cancels);
    }

    [Fact]
    public async Task Of_those_who_reach_for_a_lease_at_once_one_gets_it()
    {
        var leases = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => AcquireAsync($"n{i}"))));

        Assert.Single(leases, lease => lease is not null);
    }

    private Task<Renewal> RenewNodeAsync(Node node) => Store.RenewAsync($"node/{node.Name}", node.Token, Hour, Noon, Stop);

    private Task<Lease?> AcquireAsync(string owner, DateTimeOffset? now = null, string data = "{}") =>
        Store.AcquireAsync("leader", owner, Minute, data, now ?? Noon, Stop);
}
