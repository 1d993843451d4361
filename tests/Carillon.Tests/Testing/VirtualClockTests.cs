using Carillon.Testing;

namespace Carillon.Tests.Testing;

public sealed class VirtualClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly VirtualClock _clock = new();
    private readonly List<(string Name, DateTimeOffset At)> _ended = [];

    [Fact]
    public void Timers_end_in_the_order_of_their_instants_each_at_its_own()
    {
        var start = _clock.GetUtcNow();
        Set("late", 3 * Second);
        Set("soon", Second);

        _clock.Advance(5 * Second);

        Assert.Equal([("soon", start + Second), ("late", start + (3 * Second))], _ended);
        Assert.Equal(start + (5 * Second), _clock.GetUtcNow());
    }

    [Fact]
    public void A_period_ends_as_often_as_it_fits()
    {
        using var timer = _clock.CreateTimer(_ => _ended.Add(("tick", _clock.GetUtcNow())), null, Second, 2 * Second);

        _clock.Advance(6 * Second);

        Assert.Equal(3, _ended.Count);
    }

    [Fact]
    public void A_timer_that_was_disposed_does_not_come_back()
    {
        var timer = Set("never", Second);
        timer.Dispose();

        Assert.False(timer.Change(Second, Timeout.InfiniteTimeSpan));
        _clock.Advance(5 * Second);

        Assert.Empty(_ended);
        Assert.Null(_clock.NextTimerAt);
    }

    [Fact]
    public void A_step_moves_the_wall_clock_and_nothing_else()
    {
        var before = (Wall: _clock.GetUtcNow(), Monotonic: _clock.GetTimestamp());
        Set("timer", Second);

        _clock.Step(TimeSpan.FromHours(-1));

        Assert.Equal((before.Wall.AddHours(-1), before.Monotonic), (_clock.GetUtcNow(), _clock.GetTimestamp()));
        Assert.Equal(before.Wall.AddHours(-1) + Second, _clock.NextTimerAt);
        Assert.Empty(_ended);
    }

    [Fact]
    public async Task Delays_of_the_task_library_run_on_it()
    {
        var delay = Task.Delay(Second, _clock);
        var early = delay.IsCompleted;

        _clock.Advance(Second);
        await delay;

        Assert.False(early);
    }

    private ITimer Set(string name, TimeSpan after) => _clock.CreateTimer(_ => _ended.Add((name, _clock.GetUtcNow())), null, after, Timeout.InfiniteTimeSpan);
}
