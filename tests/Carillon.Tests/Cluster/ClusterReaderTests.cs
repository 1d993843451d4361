using Carillon.Cluster;
using Carillon.Store.Memory;
using Carillon.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Cluster;

public sealed class ClusterReaderTests
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private readonly VirtualClock _clock = new();
    private readonly MemoryStore _store = new();
    private readonly ClusterReader _reader;

    public ClusterReaderTests() => _reader = new ClusterReader(_store, _clock, "ada");

    [Fact]
    public async Task Live_nodes_are_listed_with_what_they_tell_about_themselves_and_who_leads()
    {
        await JoinAsync("bob", "letters");
        await JoinAsync("ada", "letters", "mail");
        await Lead("ada").BeatAsync(Stop);

        var nodes = await _reader.ListNodesAsync();

        Assert.Equal([("ada", true), ("bob", false)], nodes.Select(node => (node.Manifest.Node, node.IsLeader)));
        Assert.Equal(_clock.GetUtcNow() + Duration, nodes[0].Until);
        Assert.Equal("ada", await _reader.FindLeaderAsync());
    }

    [Fact]
    public async Task Handlers_are_those_of_live_nodes_each_once()
    {
        await JoinAsync("gone", "old");
        _clock.Advance(Duration);
        await JoinAsync("bob", "letters");
        await JoinAsync("ada", "letters", "mail");

        var handlers = await _reader.ListHandlersAsync();

        Assert.Equal(["letters", "mail"], handlers.Select(handler => handler.Name));
    }

    [Fact]
    public async Task Nobody_leads_before_anybody_has_tried() => Assert.Null(await _reader.FindLeaderAsync());

    [Fact]
    public async Task When_the_leader_is_silent_for_longer_than_its_lease_another_leads()
    {
        var (ada, bob) = (Lead("ada"), Lead("bob"));
        await ada.BeatAsync(Stop);
        await bob.BeatAsync(Stop);
        var first = (ada.IsLeader, bob.IsLeader);
        _clock.Advance(Duration);
        await bob.BeatAsync(Stop);
        await ada.BeatAsync(Stop);

        Assert.Equal((true, false), first);
        Assert.Equal((false, true), (ada.IsLeader, bob.IsLeader));
    }

    [Fact]
    public async Task A_leader_that_stops_cleanly_is_followed_at_once()
    {
        var (ada, bob) = (Lead("ada"), Lead("bob"));
        await ada.BeatAsync(Stop);

        await ada.ReleaseAsync(Stop);
        await bob.BeatAsync(Stop);

        Assert.Equal((false, true), (ada.IsLeader, bob.IsLeader));
    }

    private Leadership Lead(string node) => new(_store, _clock, node, Duration, NullLogger<Leadership>.Instance);

    private async Task JoinAsync(string node, params string[] handlers)
    {
        var manifest = new NodeManifest(node, "1", 7, _clock.GetUtcNow(), 5, [.. handlers.Select(name => new HandlerManifest(name, null, null, null, false, null))]);
        await new NodeLease(_store, _clock, manifest, Duration, NullLogger<NodeLease>.Instance).BeatAsync(Stop);
    }
}
