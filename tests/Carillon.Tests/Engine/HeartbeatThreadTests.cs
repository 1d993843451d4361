using Carillon.Engine;
using Carillon.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Engine;

public sealed class HeartbeatThreadTests
{
    [Fact]
    public async Task What_follows_an_await_goes_on_on_its_own_thread()
    {
        var threads = new TaskCompletionSource<(Thread Before, Thread After)>();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource();
        using var heartbeat = Start(async () =>
        {
            var before = Thread.CurrentThread;
            begun.TrySetResult();
            await answer.Task;
            threads.TrySetResult((before, Thread.CurrentThread));
        });

        await begun.Task;
        answer.SetResult();
        var (one, other) = await threads.Task;

        Assert.Same(one, other);
        Assert.False(one.IsThreadPoolThread);
    }

    [Fact]
    public async Task A_pulse_brings_the_next_beat_forward()
    {
        var beats = new SemaphoreSlim(0);
        using var heartbeat = Start(() => { beats.Release(); return Task.CompletedTask; });
        await beats.WaitAsync();

        heartbeat.Pulse();

        await beats.WaitAsync();
    }

    [Fact]
    public async Task A_beat_that_fails_is_not_the_last()
    {
        var beats = 0;
        var second = new TaskCompletionSource();
        using var heartbeat = Start(() =>
        {
            if (++beats == 1)
            {
                throw new IOException("no disk");
            }

            second.TrySetResult();
            return Task.CompletedTask;
        });

        heartbeat.Pulse();

        await second.Task;
    }

    [Fact]
    public void Disposing_ends_a_beat_that_hangs_on_the_store()
    {
        var step = new StepOf(async stopping =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            return null;
        });
        var heartbeat = new HeartbeatThread(step, static () => { }, TimeProvider.System, NullLogger<HeartbeatThread>.Instance);

        heartbeat.Dispose();
    }

    // The answer never comes, and no thread of the pool is needed to notice that.
    [Fact]
    public async Task While_a_beat_hangs_the_deadline_is_watched()
    {
        var watched = new TaskCompletionSource<Thread>();
        var step = new StepOf(async stopping =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            return null;
        });
        using var heartbeat = new HeartbeatThread(step, () => watched.TrySetResult(Thread.CurrentThread), TimeProvider.System, NullLogger<HeartbeatThread>.Instance);

        Assert.False((await watched.Task).IsThreadPoolThread);
    }

    private static HeartbeatThread Start(Func<Task> beat)
    {
        var clock = new VirtualClock();
        return new HeartbeatThread(new StepOf(async _ => { await beat(); return clock.GetUtcNow().AddHours(1); }), static () => { }, clock, NullLogger<HeartbeatThread>.Instance);
    }
}
