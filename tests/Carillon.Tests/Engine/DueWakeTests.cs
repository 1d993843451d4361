using Carillon.Engine;
using Carillon.Testing;

namespace Carillon.Tests.Engine;

// Each test ends because the wait ends; a wait that never does is the test that hangs. None looks at how long it took.
public sealed class DueWakeTests : IDisposable
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly VirtualClock _clock = new();
    private readonly DueTimer _timer;
    private readonly DueWake _wake;

    public DueWakeTests()
    {
        _timer = new DueTimer(_clock);
        _wake = new DueWake(_timer, _clock);
    }

    [Fact]
    public async Task An_instant_that_has_come_is_not_waited_for() => await _wake.WaitAsync(_clock.GetUtcNow(), Stop);

    [Fact]
    public async Task A_pulse_before_the_wait_ends_it()
    {
        _wake.Pulse();
        _wake.Pulse();

        await _wake.WaitAsync(null, Stop);
        var second = _wake.WaitAsync(null, Stop);

        Assert.False(second.IsCompleted);
        _wake.Pulse();
        await second;
    }

    [Fact]
    public async Task A_pulse_ends_a_wait_for_a_later_instant()
    {
        var wait = _wake.WaitAsync(_clock.GetUtcNow().AddDays(1), Stop);

        _wake.Pulse();

        await wait;
    }

    [Fact]
    public async Task When_the_clock_is_there_a_second_look_ends_the_wait()
    {
        var wait = _wake.WaitAsync(_clock.GetUtcNow().AddHours(1), Stop);
        _timer.Recheck();
        var early = wait.IsCompleted;

        _clock.Step(TimeSpan.FromHours(1));
        _timer.Recheck();
        await wait;

        Assert.False(early);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_instant_of_a_real_clock_comes_and_never_early(bool isExact)
    {
        var clock = TimeProvider.System;
        using var timer = new DueTimer(clock);
        var wake = new DueWake(timer, clock, isExact);
        var due = clock.GetUtcNow().AddMilliseconds(30);

        await wake.WaitAsync(due, Stop);

        Assert.True(clock.GetUtcNow() >= due);
    }

    [Fact]
    public async Task Each_of_several_waits_ends_at_its_own_instant()
    {
        var other = new DueWake(_timer, _clock, isExact: false);
        var later = _wake.WaitAsync(_clock.GetUtcNow().AddHours(2), Stop);
        var sooner = other.WaitAsync(_clock.GetUtcNow().AddHours(1), Stop);

        _clock.Step(TimeSpan.FromHours(1));
        _timer.Recheck();
        await sooner;
        var early = later.IsCompleted;
        _clock.Step(TimeSpan.FromHours(1));
        _timer.Recheck();
        await later;

        Assert.False(early);
    }

    [Fact]
    public async Task A_loop_that_is_stopped_is_let_go_without_an_error()
    {
        using var stopping = new CancellationTokenSource();
        var wait = _wake.WaitAsync(_clock.GetUtcNow().AddHours(1), stopping.Token);

        await stopping.CancelAsync();

        await wait;
    }

    public void Dispose() => _timer.Dispose();
}
