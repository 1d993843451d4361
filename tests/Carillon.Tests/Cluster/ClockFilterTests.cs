using Carillon.Cluster;
using Carillon.Store;
using Carillon.Testing;
using Carillon.Tests.Simulation;

namespace Carillon.Tests.Cluster;

public sealed class ClockFilterTests
{
    private readonly VirtualClock _machine = new();
    private readonly ClockFilter _filter;

    public ClockFilterTests() => _filter = new ClockFilter(_machine);

    [Fact]
    public void The_look_with_the_shortest_round_trip_is_the_one_to_go_by()
    {
        _filter.Add(Look(off: 10, roundTrip: 40));
        var best = _filter.Add(Look(off: 1, roundTrip: 4));
        _machine.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(best, _filter.Add(Look(off: -20, roundTrip: 60)));
    }

    [Fact]
    public void An_old_look_is_given_up_for_a_newer_one_that_is_nearly_as_good()
    {
        _filter.Add(Look(off: 0, roundTrip: 4));
        _machine.Advance(TimeSpan.FromSeconds(5));
        var newer = Look(off: 0.5, roundTrip: 5);

        Assert.Equal(newer, _filter.Add(newer));
    }

    [Fact]
    public void Looks_that_exclude_each_other_tell_of_a_step_and_the_newer_one_counts()
    {
        _filter.Add(Look(off: 0, roundTrip: 1));
        var stepped = Look(off: 5_000, roundTrip: 100);

        Assert.Equal(stepped, _filter.Add(stepped));
    }

    // Each way of the trip takes its own time: the truth is always inside the bound of the look that is gone by.
    [Theory, Seeds(200)]
    public void Whatever_the_ways_there_and_back_take_it_is_never_off_by_more_than_the_bound(int first, int count)
    {
        foreach (var seed in Enumerable.Range(first, count))
        {
            var random = new Random(seed);
            var filter = new ClockFilter(_machine);
            for (var looks = 0; looks < 30; looks++)
            {
                var (there, back) = (random.NextDouble() * 30, random.NextDouble() * (looks % 10 == 0 ? 300 : 30));
                var trusted = filter.Add(Look(off: (there - back) / 2, roundTrip: there + back));

                var error = trusted.Now + _machine.GetElapsedTime(trusted.Timestamp) - _machine.GetUtcNow();
                Assert.True(error.Duration() <= trusted.RoundTrip / 2, $"seed {seed}: off by {error} with a round trip of {trusted.RoundTrip}");
                _machine.Advance(TimeSpan.FromSeconds(5));
            }
        }
    }

    private StoreTime Look(double off, double roundTrip) =>
        new(_machine.GetUtcNow() + TimeSpan.FromMilliseconds(off), _machine.GetTimestamp(), TimeSpan.FromMilliseconds(roundTrip));
}
