using Carillon.Cluster;
using Carillon.Locks;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Testing;
using Carillon.Tests.Engine;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Locks;

public sealed class LockClientTests
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly VirtualClock _clock = new();
    private readonly MemoryStore _memory = new();
    private readonly LogTally _logs = new();
    private readonly StoreSpy _spy;
    private readonly IStore _store;

    public LockClientTests() => _spy = StoreSpy.Around(_memory, out _store);

    [Fact]
    public async Task A_lock_is_had_by_one_and_then_by_the_next_with_a_greater_token()
    {
        var (ada, bea) = (await NewAsync("ada"), await NewAsync("bea"));
        var first = await ada.Client.AcquireAsync("door", Stop);
        var waiting = bea.Client.AcquireAsync("door", Stop);
        var isHadEarly = waiting.IsCompleted;

        await first.DisposeAsync();
        await using var second = await waiting;

        Assert.False(isHadEarly);
        Assert.Equal((false, true), (first.IsHeld, second.IsHeld));
        Assert.True(second.Token > first.Token);
        Assert.False(first.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Those_of_one_process_get_it_in_the_order_in_which_they_came()
    {
        var ada = await NewAsync("ada");
        var first = await ada.Client.AcquireAsync("door", Stop);
        List<Task<HeldLock>> waiting = [.. Enumerable.Range(0, 4).Select(_ => ada.Client.AcquireAsync("door", Stop))];
        List<long> tokens = [first.Token];
        var held = first;

        foreach (var next in waiting)
        {
            await held.DisposeAsync();
            tokens.Add((held = await next).Token);
        }

        Assert.Equal(tokens.Order(), tokens);
    }

    [Fact]
    public async Task Who_only_tries_goes_without_and_who_is_patient_waits_so_long()
    {
        var (ada, bea) = (await NewAsync("ada"), await NewAsync("bea"));
        await using var held = await ada.Client.AcquireAsync("door", Stop);

        Assert.Null(await bea.Client.TryAcquireAsync("door", cancellationToken: Stop));
        var patient = bea.Client.TryAcquireAsync("door", TimeSpan.FromSeconds(3), Stop);
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Null(await patient);
        Assert.NotNull(await bea.Client.TryAcquireAsync("window", cancellationToken: Stop));
    }

    [Fact]
    public async Task Who_gives_up_waiting_holds_nothing_and_leaves_the_place_to_the_next()
    {
        var ada = await NewAsync("ada");
        var held = await ada.Client.AcquireAsync("door", Stop);
        using var enough = new CancellationTokenSource();
        var (given, next) = (ada.Client.AcquireAsync("door", enough.Token), ada.Client.AcquireAsync("door", Stop));

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await held.DisposeAsync();

        Assert.True((await next).IsHeld);
    }

    [Fact]
    public async Task A_lost_lease_takes_its_locks_along_before_another_can_have_them()
    {
        var (ada, bea) = (await NewAsync("ada"), await NewAsync("bea"));
        var held = await ada.Client.AcquireAsync("door", Stop);
        var told = new TaskCompletionSource();
        await using var registered = held.Lost.Register(told.SetResult);

        for (var i = 0; i < 12; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await bea.Lease.BeatAsync(Stop);
        }

        ada.Lease.Watch();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(held.IsHeld);
        Assert.Null(await bea.Client.TryAcquireAsync("door", cancellationToken: Stop));
        Assert.Equal(1, _logs.Count(1230));
    }

    [Fact]
    public async Task A_lock_of_a_node_that_died_is_had_when_its_lease_has_ended()
    {
        var (ada, bea) = (await NewAsync("ada"), await NewAsync("bea"));
        await ada.Client.AcquireAsync("door", Stop);
        var waiting = bea.Client.AcquireAsync("door", Stop);

        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            await bea.Lease.BeatAsync(Stop);
        }

        Assert.True((await waiting.WaitAsync(TimeSpan.FromSeconds(30))).IsHeld);
    }

    [Fact]
    public async Task A_grant_whose_answer_was_lost_is_given_back()
    {
        var ada = await NewAsync("ada");
        _spy.LoseReply("LockAsync");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ada.Client.AcquireAsync("door", Stop));
        var orphan = await ada.Client.ListAsync(cancellationToken: Stop);
        _spy.Heal("LockAsync");

        await UntilFreeAsync(ada.Client);

        Assert.Single(orphan);
        await using var held = await ada.Client.AcquireAsync("door", Stop);
        Assert.True(held.Token > orphan[0].Token);
    }

    [Fact]
    public async Task A_release_that_the_store_could_not_take_is_told_it_later()
    {
        var ada = await NewAsync("ada");
        var held = await ada.Client.AcquireAsync("door", Stop);
        _spy.Fail("ReleaseAsync");

        await held.DisposeAsync();
        _spy.Heal("ReleaseAsync");

        await UntilFreeAsync(ada.Client);
    }

    [Fact]
    public async Task What_is_held_is_listed_with_its_node()
    {
        var ada = await NewAsync("ada");
        await using var held = await ada.Client.AcquireAsync("tenants/7", Stop);

        var view = Assert.Single(await ada.Client.ListAsync("tenants/", Stop));

        Assert.Equal(("tenants/7", "ada", held.Token, _clock.GetUtcNow()), (view.Name, view.Node, view.Token, view.Since));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public async Task A_name_must_be_printable(string name)
    {
        var ada = await NewAsync("ada");

        await Assert.ThrowsAsync<ArgumentException>(() => ada.Client.AcquireAsync(name, Stop));
    }

    [Fact]
    public async Task Before_the_host_is_started_there_is_nothing_to_rest_on() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => NewClient().AcquireAsync("door", Stop));

    // The late release pauses on the clock between its tries.
    private async Task UntilFreeAsync(LockClient client)
    {
        for (var i = 0; (await client.ListAsync(cancellationToken: Stop)).Count > 0; i++)
        {
            Assert.InRange(i, 0, 1_000);
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }
    }

    private LockClient NewClient() => new(_store, _clock, new Chance(3), new Logger<LockClient>(_logs));

    private async Task<(LockClient Client, NodeLease Lease)> NewAsync(string node)
    {
        var lease = new NodeLease(_store, _clock, new NodeManifest(node, "0", 1, _clock.GetUtcNow(), 1, []), TimeSpan.FromSeconds(15), new Logger<NodeLease>(_logs));
        var client = NewClient();
        client.RestOn(lease);
        await lease.BeatAsync(Stop);
        return (client, lease);
    }
}
