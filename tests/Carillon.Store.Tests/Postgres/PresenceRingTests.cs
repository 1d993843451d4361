using Carillon.Postgres;

namespace Carillon.Store.Tests.Postgres;

public sealed class PresenceRingTests
{
    private readonly PresenceRing _ring = new();
    private TimeSpan _now = TimeSpan.FromSeconds(7);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 7)]
    [InlineData(9, 3)]
    [InlineData(null, 3)]
    public void Each_node_watches_the_next_one_by_slot_and_the_last_one_the_first(int? self, int expected) =>
        Assert.Equal(expected, Look(self, [Node(7), Node(3)]).Next);

    [Fact]
    public void Who_is_alone_watches_nobody() => Assert.Null(Look(1, []).Next);

    [Fact]
    public void Gone_is_who_was_seen_present_and_has_been_away_for_the_grace_time_however_many_they_are()
    {
        Look(1, [Node(2), Node(3), Node(4)]);
        var first = Look(1, [Node(2, isHeld: false), Node(3, isHeld: false), Node(4)]);
        _now += PresenceRing.Grace;

        var second = Look(1, [Node(2, isHeld: false), Node(3, isHeld: false), Node(4)]);

        Assert.Equal((0, true, 4), (first.Gone.Count, first.IsAnyAway, first.Next));
        Assert.Equal([2, 3], second.Gone.Select(node => node.Slot));
        Assert.Equal((false, 4), (second.IsAnyAway, second.Next));
    }

    [Fact]
    public void News_in_the_grace_time_make_nobody_gone_and_who_is_back_by_then_begins_anew()
    {
        Look(1, [Node(2)]);
        Look(1, [Node(2, isHeld: false)]);
        _now += PresenceRing.Grace / 2;
        var early = Look(1, [Node(2, isHeld: false)]);
        var back = Look(1, [Node(2)]);
        _now += PresenceRing.Grace;

        var again = Look(1, [Node(2, isHeld: false)]);

        Assert.Equal((0, true), (early.Gone.Count, early.IsAnyAway));
        Assert.Equal((0, false), (back.Gone.Count, back.IsAnyAway));
        Assert.Equal((0, true), (again.Gone.Count, again.IsAnyAway));
    }

    [Fact]
    public void Of_who_is_gone_it_is_told_once()
    {
        Look(1, [Node(2)]);
        Look(1, [Node(2, isHeld: false)]);
        _now += PresenceRing.Grace;
        Look(1, [Node(2, isHeld: false)]);

        var after = Look(1, [Node(2, isHeld: false)]);

        Assert.Equal((0, false), (after.Gone.Count, after.IsAnyAway));
    }

    [Fact]
    public void Who_was_never_seen_present_is_left_to_its_lease() =>
        Assert.False(Look(1, [Node(2, isHeld: false)]).IsAnyAway);

    [Fact]
    public void A_watcher_whose_own_connection_was_lost_has_seen_nobody()
    {
        Look(1, [Node(2), Node(3)]);
        Look(1, [Node(2, isHeld: false), Node(3)]);
        _now += PresenceRing.Grace;

        _ring.Forget();

        var seen = Look(1, [Node(2, isHeld: false), Node(3, isHeld: false)]);
        Assert.Equal((0, false), (seen.Gone.Count, seen.IsAnyAway));
    }

    [Fact]
    public void One_that_came_back_with_a_new_lease_is_not_gone()
    {
        Look(1, [Node(2)]);

        Assert.False(Look(1, [Node(2, isHeld: false) with { Token = 99 }]).IsAnyAway);
    }

    private PresenceSeen Look(int? self, IReadOnlyList<NodePresence> others) => _ring.Decide(self, others, _now);

    private static NodePresence Node(int slot, bool isHeld = true) => new($"node/{slot}", 10 + slot, slot, isHeld);
}
