using Carillon.Cluster;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Testing;
using Carillon.Tests.Engine;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Cluster;

public sealed class NodeLeaseTests
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private readonly VirtualClock _clock = new();
    private readonly MemoryStore _memory = new();
    private readonly LogTally _logs = new();
    private readonly StoreSpy _spy;
    private readonly NodeLease _lease;
    private int _lost;
    private int _held;

    public NodeLeaseTests()
    {
        _spy = StoreSpy.Around(_memory, out var store);
        _lease = New(store, "ada");
        _lease.Lost += () => _lost++;
        _lease.Held += () => _held++;
    }

    [Fact]
    public async Task It_is_held_from_the_first_beat_until_four_fifths_of_its_duration_are_over()
    {
        await _lease.BeatAsync(Stop);
        _clock.Advance((Duration * 0.8) - TimeSpan.FromTicks(1));
        var before = _lease.IsHeld;
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal((true, false), (before, _lease.IsHeld));
        Assert.Equal(1, _held);
    }

    [Fact]
    public async Task Its_deadline_counts_from_before_the_renewal_was_sent()
    {
        await _lease.BeatAsync(Stop);
        _clock.Advance(TimeSpan.FromSeconds(5));
        var answer = new TaskCompletionSource();
        _spy.Hold("RenewAsync", answer.Task);
        var beat = _lease.BeatAsync(Stop);
        _clock.Advance(TimeSpan.FromSeconds(4));
        answer.SetResult();
        await beat;

        _clock.Advance(TimeSpan.FromSeconds(8));

        Assert.False(_lease.IsHeld);
    }

    [Fact]
    public async Task It_gives_up_well_before_the_store_gives_it_to_another()
    {
        await _lease.BeatAsync(Stop);
        var mine = (await _memory.ListLeasesAsync("node/", _clock.GetUtcNow(), Stop))[0];
        _clock.Advance((mine.Until - _clock.GetUtcNow()) * 0.8);

        _lease.Watch();

        Assert.False(_lease.IsHeld);
        Assert.Equal(1, _lost);
        Assert.Single(await _memory.ListLeasesAsync("node/", _clock.GetUtcNow(), Stop));
    }

    [Fact]
    public async Task A_step_of_the_wall_clock_alone_does_not_end_it()
    {
        await _lease.BeatAsync(Stop);

        _clock.Step(TimeSpan.FromHours(1));

        Assert.True(_lease.IsHeld);
    }

    [Fact]
    public async Task Taken_again_it_has_a_new_token()
    {
        await _lease.BeatAsync(Stop);
        var first = _lease.Token;
        _clock.Advance(Duration);

        await _lease.BeatAsync(Stop);

        Assert.True(_lease.IsHeld);
        Assert.True(_lease.Token > first);
        Assert.Equal((1, 2), (_lost, _held));
    }

    [Fact]
    public async Task A_loss_is_told_once()
    {
        await _lease.BeatAsync(Stop);

        _lease.Lose();
        _lease.Lose();

        Assert.Equal(1, _lost);
    }

    [Fact]
    public async Task A_renewal_that_hangs_ends_when_the_lease_does()
    {
        await _lease.BeatAsync(Stop);
        _spy.Hang("RenewAsync");
        var beat = _lease.BeatAsync(Stop);
        var early = beat.IsCompleted;

        _clock.Advance(Duration);

        Assert.False(early);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => beat);
        Assert.False(_lease.IsHeld);
    }

    [Fact]
    public async Task A_lease_of_a_century_can_be_renewed()
    {
        var lease = new NodeLease(_memory, _clock, new NodeManifest("bob", "1", 7, _clock.GetUtcNow(), 5, []), TimeSpan.FromDays(36_500), _logs.CreateLogger<NodeLease>());
        await lease.BeatAsync(Stop);

        await lease.BeatAsync(Stop);

        Assert.True(lease.IsHeld);
    }

    [Fact]
    public async Task A_name_that_another_live_node_has_is_waited_for()
    {
        await _memory.AcquireAsync("node/ada", "someone else", Duration, "{}", _clock.GetUtcNow(), Stop);
        await _lease.BeatAsync(Stop);
        var early = _lease.IsHeld;
        _clock.Advance(Duration);

        await _lease.BeatAsync(Stop);

        Assert.Equal((false, true), (early, _lease.IsHeld));
        Assert.Equal(1, _logs.Count(1211));
    }

    [Fact]
    public async Task Given_up_it_is_free_at_once()
    {
        await _lease.BeatAsync(Stop);

        await _lease.ReleaseAsync(Stop);

        Assert.False(_lease.IsHeld);
        Assert.Empty(await _memory.ListLeasesAsync("node/", _clock.GetUtcNow(), Stop));
        Assert.Equal(0, _lost);
    }

    private NodeLease New(IStore store, string node) =>
        new(store, _clock, new NodeManifest(node, "1", 7, _clock.GetUtcNow(), 5, []), Duration, _logs.CreateLogger<NodeLease>());
}
