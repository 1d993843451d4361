using Carillon.Engine;
using Carillon.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Engine;

public sealed class LoopTests
{
    private readonly VirtualClock _clock = new();
    private readonly List<TimeSpan?> _waits = [];
    private int _turns;

    [Fact]
    public async Task It_waits_for_what_the_step_says()
    {
        await RunAsync(turns: 2, _ => _clock.GetUtcNow().AddMinutes(3));

        Assert.Equal([TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(3)], _waits);
    }

    [Fact]
    public async Task With_nothing_due_it_waits_to_be_woken_and_nothing_else()
    {
        await RunAsync(turns: 1, _ => null);

        Assert.Equal([null], _waits);
    }

    [Fact]
    public async Task Where_a_wake_up_can_be_lost_it_sweeps()
    {
        await RunAsync(turns: 1, _ => null, sweep: TimeSpan.FromSeconds(30));

        Assert.Equal([TimeSpan.FromSeconds(30)], _waits);
    }

    [Fact]
    public async Task After_each_error_the_pause_doubles_up_to_half_a_minute()
    {
        await RunAsync(turns: 12, _ => throw new IOException("no disk"));

        Assert.Equal([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000], _waits.Select(wait => wait!.Value.TotalMilliseconds));
    }

    [Fact]
    public async Task After_a_success_the_pauses_begin_anew()
    {
        await RunAsync(turns: 4, turn => turn == 2 ? null : throw new IOException("no disk"));

        Assert.Equal([100, 200, null, 100], _waits.Select(wait => wait?.TotalMilliseconds));
    }

    private async Task RunAsync(int turns, Func<int, DateTimeOffset?> step, TimeSpan? sweep = null)
    {
        using var stopping = new CancellationTokenSource();
        var wake = new NoWait(until =>
        {
            _waits.Add(until - _clock.GetUtcNow());
            if (_waits.Count == turns)
            {
                stopping.Cancel();
            }
        });

        await new Loop(new StepOf(_ => Task.FromResult(step(_turns++))), wake, _clock, sweep, NullLogger<Loop>.Instance).RunAsync(stopping.Token);
    }

    private sealed class NoWait(Action<DateTimeOffset?> waited) : IWake
    {
        public void Pulse() { }

        public Task WaitAsync(DateTimeOffset? until, CancellationToken cancellationToken)
        {
            waited(until);
            return Task.CompletedTask;
        }
    }
}
