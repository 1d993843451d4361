namespace Carillon.Store.Tests;

// Leases that rest on their node's.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_lock_has_one_holder_at_a_time()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        var first = await LockAsync(a, "1");

        Assert.Null(await LockAsync(b, "2"));
        Assert.Null(await LockAsync(a, "3"));
        await Store.ReleaseAsync(first!.Name, first.Token, Stop);
        var second = await LockAsync(b, "2");

        Assert.Equal(("lock/door", "a", "b"), (first.Name, first.Owner, second!.Owner));
        Assert.True(second.Token > first.Token);
    }

    [Fact]
    public async Task The_same_request_gets_the_lock_it_has_under_the_same_token()
    {
        var a = await JoinAsync("a");
        var first = await LockAsync(a, "1");

        Assert.Equal(first, await LockAsync(a, "1"));
    }

    [Theory]
    [InlineData("released")]
    [InlineData("run out")]
    [InlineData("taken anew")]
    public async Task A_lock_is_free_when_its_nodes_lease_is(string what)
    {
        var (a, b) = (await JoinAsync("a", lease: Minute), await JoinAsync("b"));
        var first = await LockAsync(a, "1");
        await (what switch
        {
            "released" => Store.ReleaseAsync("node/a", a.Token, Stop),
            "taken anew" => JoinAsync("a"),
            _ => Task.CompletedTask,
        });
        var now = what == "run out" ? Noon + Minute : Noon;

        var left = await Store.ListLeasesAsync("lock/", now, Stop);
        var second = await LockAsync(b, "2", now);

        Assert.Empty(left);
        Assert.True(second!.Token > first!.Token);
    }

    [Fact]
    public async Task A_lock_lasts_as_long_as_its_nodes_lease_is_renewed()
    {
        var (a, b) = (await JoinAsync("a", lease: Minute), await JoinAsync("b"));
        await LockAsync(a, "1");
        await Store.RenewAsync("node/a", a.Token, Hour, Noon + Second, Stop);

        Assert.Null(await LockAsync(b, "2", Noon + Minute));
        var held = Assert.Single(await Store.ListLeasesAsync("lock/", Noon + Minute, Stop));
        Assert.Equal(("lock/door", "a", Noon + Second + Hour), (held.Name, held.Owner, held.Until));
    }

    [Fact]
    public async Task A_node_without_its_lease_gets_no_lock()
    {
        var a = await JoinAsync("a", lease: Minute);

        Assert.Null(await LockAsync(a, "1", Noon + Minute));
        Assert.Null(await LockAsync(a with { Token = a.Token + 1 }, "1"));
    }

    [Fact]
    public async Task A_lock_given_up_under_an_old_token_stays_with_its_new_holder()
    {
        var a = await JoinAsync("a");
        var first = await LockAsync(a, "1");
        await Store.ReleaseAsync(first!.Name, first.Token, Stop);
        var second = await LockAsync(a, "2");

        await Store.ReleaseAsync(first.Name, first.Token, Stop);

        Assert.Equal(second!.Token, Assert.Single(await Store.ListLeasesAsync("lock/", Noon, Stop)).Token);
    }

    [Fact]
    public async Task Locks_are_listed_by_name_and_are_no_other_leases()
    {
        var a = await JoinAsync("a");
        await LockAsync(a, "1", name: "lock/window");
        await LockAsync(a, "2");

        Assert.Equal(["lock/door", "lock/window"], (await Store.ListLeasesAsync("lock/", Noon, Stop)).Select(held => held.Name));
        Assert.Equal(["lock/window"], (await Store.ListLeasesAsync("lock/w", Noon, Stop)).Select(held => held.Name));
        Assert.Equal(["node/a"], (await Store.ListLeasesAsync("node/", Noon, Stop)).Select(held => held.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_waits_for_a_lock_is_told_that_it_is_free(bool isNodeGone)
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        var held = await LockAsync(a, "1");
        await Store.LockAsync(new LockRequest("lock/door", b.Name, b.Token, "2") { IsWaiting = true }, Noon, Stop);

        await AssertHearsAsync(StoreSignal.Locks, () => isNodeGone ? Store.ReleaseAsync("node/a", a.Token, Stop) : Store.ReleaseAsync(held!.Name, held.Token, Stop));
    }

    private Task<Lease?> LockAsync(Node node, string holder, DateTimeOffset? now = null, string name = "lock/door") =>
        Store.LockAsync(new LockRequest(name, node.Name, node.Token, holder), now ?? Noon, Stop);
}
