using Carillon.Cluster;
using Carillon.Store;
using Carillon.Testing;
using Carillon.Tests.Engine;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Cluster;

public sealed class ClusterClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly VirtualClock _machine = new();
    private readonly LogTally _logs = new();
    private readonly ClusterClock _clock;

    public ClusterClockTests() => _clock = new ClusterClock(_machine, _logs.CreateLogger<ClusterClock>());

    [Fact]
    public void It_counts_by_the_monotonic_clock_between_two_looks()
    {
        var before = _clock.GetUtcNow();

        _machine.Step(Hour);
        _machine.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(TimeSpan.FromSeconds(3), _clock.GetUtcNow() - before);
        Assert.Equal(-Hour, _clock.Offset);
    }

    [Fact]
    public void A_step_forward_is_followed_once_with_a_warning()
    {
        _machine.Step(Hour);

        var seen = _clock.Follow();
        _clock.Step(seen);
        var steps = (seen, _clock.Follow());

        Assert.Equal((Hour, TimeSpan.Zero), steps);
        Assert.Equal((_machine.GetUtcNow(), TimeSpan.Zero), (_clock.GetUtcNow(), _clock.Offset));
        Assert.Equal((1, LogLevel.Warning), (_logs.Count(1202), _logs.LevelOf(1202)));
    }

    [Fact]
    public void A_step_back_is_followed_once_with_a_warning()
    {
        _clock.GetUtcNow();
        _machine.Step(-Hour);

        var seen = _clock.Follow();
        _clock.Step(seen);
        var steps = (seen, _clock.Follow());

        Assert.Equal((-Hour, TimeSpan.Zero), steps);
        Assert.Equal(_machine.GetUtcNow(), _clock.GetUtcNow());
        Assert.Equal((1, LogLevel.Warning), (_logs.Count(1201), _logs.LevelOf(1201)));
    }

    [Fact]
    public void A_step_is_seen_until_it_is_followed()
    {
        _machine.Step(Hour);

        var steps = (_clock.Follow(), _clock.Follow());

        Assert.Equal((Hour, Hour), steps);
        Assert.Equal(-Hour, _clock.Offset);
    }

    [Fact]
    public void A_correction_of_milliseconds_is_followed_silently_and_never_runs_backwards()
    {
        _machine.Advance(TimeSpan.FromSeconds(1));
        var before = _clock.GetUtcNow();
        _machine.Step(TimeSpan.FromMilliseconds(-800));

        var step = _clock.Follow();
        var after = _clock.GetUtcNow();
        _machine.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, step);
        Assert.Equal(before, after);
        Assert.Equal(_machine.GetUtcNow(), _clock.GetUtcNow());
        Assert.Equal(0, _logs.Count(1201) + _logs.Count(1202));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void By_the_stores_clock_a_jump_of_the_machines_changes_nothing_and_is_said_once(int hours)
    {
        var database = _machine.GetUtcNow();
        _clock.Observe(Look(database));

        _machine.Advance(TimeSpan.FromSeconds(3));
        _machine.Step(hours * Hour);
        var steps = (_clock.Follow(), _clock.Follow());

        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), steps);
        Assert.Equal(database + TimeSpan.FromSeconds(3), _clock.GetUtcNow());
        Assert.Equal(-hours * Hour, _clock.Offset);
        Assert.Equal((1, 0), (_logs.Count(1203), _logs.Count(1201) + _logs.Count(1202)));
    }

    [Fact]
    public void A_difference_that_went_and_came_back_is_said_again()
    {
        _clock.Observe(Look(_machine.GetUtcNow()));

        foreach (var hours in (int[])[1, -1, 1])
        {
            _machine.Step(hours * Hour);
            _clock.Follow();
        }

        Assert.Equal(2, _logs.Count(1203));
    }

    [Fact]
    public void The_first_look_at_the_stores_clock_counts_whatever_the_machine_said()
    {
        var before = _clock.GetUtcNow();

        var isChanged = _clock.Observe(Look(before - Hour));

        Assert.True(isChanged);
        Assert.Equal(before - Hour, _clock.GetUtcNow());
        Assert.Equal(0, _logs.Count(1204));
    }

    [Fact]
    public void A_look_that_is_a_little_behind_never_makes_time_run_backwards()
    {
        var before = _machine.GetUtcNow();
        _clock.Observe(Look(before));
        _machine.Advance(TimeSpan.FromSeconds(5));
        var shown = _clock.GetUtcNow();

        _clock.Observe(Look(shown - TimeSpan.FromMilliseconds(300)));
        var after = _clock.GetUtcNow();
        _machine.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(shown, after);
        Assert.Equal(shown + TimeSpan.FromMilliseconds(700), _clock.GetUtcNow());
    }

    [Fact]
    public void A_step_of_the_databases_clock_is_followed_and_said()
    {
        _clock.Observe(Look(_machine.GetUtcNow()));
        _clock.GetUtcNow();

        var isStepped = _clock.Observe(Look(_machine.GetUtcNow() - Hour));

        Assert.True(isStepped);
        Assert.Equal(_machine.GetUtcNow() - Hour, _clock.GetUtcNow());
        Assert.Equal(1, _logs.Count(1204));
    }

    private StoreTime Look(DateTimeOffset now) => new(now, _machine.GetTimestamp(), TimeSpan.FromMilliseconds(1));

    [Fact]
    public void Elapsed_time_and_timers_do_not_see_a_step()
    {
        var ended = false;
        using var timer = _clock.CreateTimer(_ => ended = true, null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        var since = _clock.GetTimestamp();

        _machine.Step(Hour);
        _clock.Step(_clock.Follow());
        _machine.Advance(TimeSpan.FromSeconds(9));
        var early = ended;
        _machine.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((false, true), (early, ended));
        Assert.Equal(TimeSpan.FromSeconds(10), _clock.GetElapsedTime(since));
    }
}
