using Carillon.Jobs;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Tests.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Tests.Hosting;

public sealed class ShutdownTests
{
    private readonly MemoryStore _store = new();
    private readonly TaskCompletionSource<JobContext> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_job_that_ends_within_the_grace_time_is_finished()
    {
        var release = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(Handler(async _ => await release.Task), _store);
        var id = await BeginAsync(host);

        var stopped = host.Instance.StopAsync(CancellationToken.None);
        release.SetResult();
        await stopped;

        Assert.Equal((JobState.Succeeded, 1), StateOf(await JobAsync(id)));
    }

    [Fact]
    public async Task A_job_that_does_not_end_in_time_is_told_and_released_without_burning_an_attempt()
    {
        var host = await TestHost.StartAsync(Handler(async context => await Task.Delay(Timeout.InfiniteTimeSpan, context.Clock, context.CancellationToken)), _store);
        var id = await BeginAsync(host);

        await host.StopAsync();

        var job = await JobAsync(id);
        Assert.Equal((JobState.Pending, 0), StateOf(job));
        Assert.Equal((0, StopCause.Shutdown), (job.OwnerLosses, (await _begun.Task).StopCause));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_handler_that_answers_with_an_error_of_its_own_burns_no_attempt_either()
    {
        var host = await TestHost.StartAsync(
            Handler(async context =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.Clock, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new IOException("the connection was closed");
            }),
            _store);
        var id = await BeginAsync(host);

        await host.StopAsync();

        Assert.Equal((JobState.Pending, 0), StateOf(await JobAsync(id)));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_handler_that_will_not_stop_is_given_back_and_counts_as_no_owner_loss()
    {
        var never = new TaskCompletionSource();
        var host = await TestHost.StartAsync(Handler(async _ => await never.Task), _store);
        var id = await BeginAsync(host);

        await host.StopAsync();
        var job = await JobAsync(id);
        never.SetResult();

        Assert.Equal((JobState.Pending, 0), StateOf(job));
        Assert.Equal(0, job.OwnerLosses);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_claim_that_comes_back_during_the_shutdown_leaves_nothing_behind()
    {
        var spy = StoreSpy.Around(_store, out var store);
        var host = await TestHost.StartAsync(Handler(_ => Task.CompletedTask), store);
        var (asked, answer) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        spy.Hold("ClaimAsync", () =>
        {
            asked.TrySetResult();
            return answer.Task;
        });
        var receipt = await host.Jobs.EnqueueAsync(new JobRequest { Handler = "work" });
        await asked.Task;

        var stopped = host.Instance.StopAsync(CancellationToken.None);
        answer.SetResult();
        await stopped;

        var job = await JobAsync(receipt.Id);
        Assert.True(StateOf(job) is (JobState.Succeeded, 1) or (JobState.Pending, 0), $"{job.State}, attempt {job.Attempt}");
        await host.DisposeAsync();
    }

    [Fact]
    public async Task The_leases_are_given_up_and_the_next_host_works_at_once()
    {
        var first = await TestHost.StartAsync(Handler(_ => Task.CompletedTask), _store);
        await first.DisposeAsync();
        var left = await _store.ListLeasesAsync("", first.Clock.GetUtcNow(), CancellationToken.None);

        await using var second = await TestHost.StartAsync(Handler(_ => Task.CompletedTask), _store);
        var id = await BeginAsync(second);

        Assert.Empty(left);
        Assert.Equal(JobState.Succeeded, (await second.Jobs.WaitAsync(id, TimeSpan.FromDays(1)))!.State);
    }

    [Fact]
    public async Task The_hosts_own_shutdown_leaves_time_to_drain()
    {
        await using var host = TestHost.Build(carillon => carillon.Configure(options => options.DrainTimeout = TimeSpan.FromMinutes(5)));

        var limit = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Microsoft.Extensions.Hosting.HostOptions>>().Value.ShutdownTimeout;

        Assert.True(limit > TimeSpan.FromMinutes(5));
    }

    private Action<Carillon.Hosting.CarillonBuilder> Handler(Func<JobContext, Task> run) => carillon => carillon
        .Configure(options => options.DrainTimeout = TimeSpan.FromSeconds(10))
        .Handle("work", async (JobContext context) =>
        {
            _begun.TrySetResult(context);
            await run(context);
            return null;
        });

    private async Task<Guid> BeginAsync(TestHost host)
    {
        var receipt = await host.Jobs.EnqueueAsync(new JobRequest { Handler = "work" });
        await _begun.Task;
        return receipt.Id;
    }

    private async Task<Job> JobAsync(Guid id) => (await _store.GetAsync(id, CancellationToken.None))!;

    private static (JobState, int) StateOf(Job job) => (job.State, job.Attempt);
}
