using Carillon.Postgres;

namespace Carillon.Store.Tests.Postgres;

public sealed class PresenceRingTests
{
    private readonly PresenceRing _ring = new();

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 7)]
    [InlineData(9, 3)]
    [InlineData(null, 3)]
    public void Each_node_watches_the_next_one_by_slot_and_the_last_one_the_first(int? self, int expected) =>
        Assert.Equal(expected, _ring.Decide(self, [Node(7), Node(3)]).Next);

    [Fact]
    public void Who_is_alone_watches_nobody() => Assert.Null(_ring.Decide(1, []).Next);

    [Fact]
    public void Gone_is_who_was_seen_present_and_is_not_any_more_however_many_they_are()
    {
        _ring.Decide(1, [Node(2), Node(3), Node(4)]);

        var (gone, next) = _ring.Decide(1, [Node(2, isHeld: false), Node(3, isHeld: false), Node(4)]);

        Assert.Equal([2, 3], gone.Select(node => node.Slot));
        Assert.Equal(4, next);
    }

    [Fact]
    public void Who_was_never_seen_present_is_left_to_its_lease() =>
        Assert.Empty(_ring.Decide(1, [Node(2, isHeld: false)]).Gone);

    [Fact]
    public void A_watcher_whose_own_connection_was_lost_has_seen_nobody()
    {
        _ring.Decide(1, [Node(2)]);

        _ring.Forget();

        Assert.Empty(_ring.Decide(1, [Node(2, isHeld: false)]).Gone);
    }

    [Fact]
    public void One_that_came_back_with_a_new_lease_is_not_gone()
    {
        _ring.Decide(1, [Node(2)]);

        Assert.Empty(_ring.Decide(1, [Node(2, isHeld: false) with { Token = 99 }]).Gone);
    }

    private static NodePresence Node(int slot, bool isHeld = true) => new($"node/{slot}", 10 + slot, slot, isHeld);
}
