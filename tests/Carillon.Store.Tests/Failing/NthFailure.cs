using System.Collections.Concurrent;
using System.Globalization;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Carillon.Store.Tests.Failing;

/// <summary>
/// The first store call fails, then the second, the third … until a run passes untouched. The engine is whole and turns on its own
/// threads; after each run everything that was accepted has ended, as it would have without the failure.
/// </summary>
public abstract class NthFailure(ITestOutputHelper output)
{
    // A run mostly waits: for the schedules' instant, for the pause before a retry.
    private const int AtOnce = 4;
    private static readonly Act Tester = new("test", "test", "schedule.put");
    private static readonly RetryPolicy Quickly = new() { Attempts = 3, Backoff = Backoff.Fixed, Base = TimeSpan.FromMilliseconds(10), Jitter = 0 };

    [Theory]
    [InlineData(FailureMode.BeforeEffect)]
    [InlineData(FailureMode.AfterEffect)]
    [InlineData(FailureMode.Cancelled)]
    public async Task Whichever_store_call_fails_nothing_is_lost_and_nothing_runs_twice(FailureMode mode)
    {
        List<string> failed = [];
        for (var n = Stride == 1 ? 1 : 1 + ((int)mode % Stride); ; n += AtOnce * Stride)
        {
            var hits = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => RunAsync(n + (i * Stride), mode)));
            failed.AddRange(hits.TakeWhile(hit => hit is not null).OfType<string>());
            if (hits.Contains(null))
            {
                output.WriteLine($"{failed.Count} calls failed in turn: {string.Join(", ", failed.CountBy(name => name).Select(pair => $"{pair.Key} ×{pair.Value}"))}");
                Assert.True(failed.Count >= 10, $"the workload made {failed.Count} calls only");
                return;
            }
        }
    }

    /// <summary>Of how many calls one fails, each mode beginning at another; 1 for each call.</summary>
    private protected virtual int Stride => 1;

    /// <summary>A store on an empty database of its own, not opened yet, and what takes that database away.</summary>
    private protected abstract Task<(IStore Store, Func<ValueTask> CleanUp)> NewStoreAsync();

    private async Task<string?> RunAsync(int failing, FailureMode mode)
    {
        var (store, cleanUp) = await NewStoreAsync();
        try
        {
            return await RunAsync(store, failing, mode);
        }
        finally
        {
            await cleanUp();
        }
    }

    private static async Task<string?> RunAsync(IStore inner, int failing, FailureMode mode)
    {
        var (store, control) = FailingStore.Around(inner, failing, mode);
        var workload = new Workload();
        await using var services = ServicesOf(store, workload);
        await using var instance = services.GetRequiredKeyedService<CarillonInstance>("");
        await instance.StartAsync(CancellationToken.None);

        var jobs = await GiveAsync(instance);
        await EndsAsync(inner, jobs, () => $"call {failing} ({control.Failed}) failed {mode}; ran so far: {workload}");
        await instance.StopAsync(CancellationToken.None);

        await CheckAsync(inner, jobs, workload, $"call {failing} ({control.Failed}) failed {mode}");
        return control.Failed;
    }

    private static ServiceProvider ServicesOf(IStore store, Workload workload)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCarillon(carillon => carillon
            .UseStore(_ => store)
            .Handle("once", workload.OnceAsync)
            .Handle(new HandlerDefinition { Name = "second-time", Run = workload.SecondTimeAsync, Retry = Quickly }));
        return services.BuildServiceProvider();
    }

    // A caller who gets an error does what callers do: the same again, under the same key.
    private static async Task<Dictionary<string, Guid>> GiveAsync(CarillonInstance instance)
    {
        foreach (var name in new[] { "one", "two" })
        {
            await UntilTakenAsync(() => PutAsync(instance, name));
        }

        Dictionary<string, Guid> jobs = [];
        for (var i = 0; i < 4; i++)
        {
            jobs[$"once-{i}"] = await EnqueueAsync(instance, $"once-{i}", new JobRequest { Handler = "once" });
        }

        jobs["retried"] = await EnqueueAsync(instance, "retried", new JobRequest { Handler = "second-time" });
        jobs["after"] = await EnqueueAsync(instance, "after", new JobRequest { Handler = "once", After = [new After(jobs["once-0"]), new After(jobs["retried"])] });
        jobs["cancelled"] = await EnqueueAsync(instance, "cancelled", new JobRequest { Handler = "once", Delay = TimeSpan.FromHours(1) });
        await UntilTakenAsync(() => instance.Jobs.CancelAsync(new JobFilter { Ids = [jobs["cancelled"]] }, Tester with { What = "job.cancel" }));
        return jobs;
    }

    // What is there already was put by a call whose answer was lost; it may have fired, so another instant would be a second job.
    private static async Task<bool> PutAsync(CarillonInstance instance, string name) =>
        await instance.Schedules.GetAsync(name) is not null
        || (await instance.Schedules.PutAsync(new ScheduleRequest { Name = name, Handler = "once", Kind = RecurrenceKind.At, Expression = Soon(instance) }, Tester)).Schedule is not null;

    private static string Soon(CarillonInstance instance) =>
        instance.Clock.GetUtcNow().AddMilliseconds(100).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static async Task<Guid> EnqueueAsync(CarillonInstance instance, string key, JobRequest request) =>
        (await UntilTakenAsync(() => instance.Jobs.EnqueueAsync(request with { Key = key, KeyHold = TimeSpan.FromHours(1) }))).Id;

    private static async Task<T> UntilTakenAsync<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception fault) when (attempt < 20 && fault is (StoreUnavailableException or OperationCanceledException or InvalidRequestException))
            {
                // One call fails once: the next try is taken. (Invalid is an instant that a slow machine has let pass.)
            }
        }
    }

    // By the inner store: the test's own looks are no calls of the workload.
    private static async Task EndsAsync(IStore inner, Dictionary<string, Guid> jobs, Func<string> describe)
    {
        using var ended = new SemaphoreSlim(0);
        void OnSignal(StoreSignal signal) => ended.Release();
        inner.Signalled += OnSignal;
        try
        {
            while (!await AllEndedAsync(inner, jobs))
            {
                Assert.True(await ended.WaitAsync(TimeSpan.FromSeconds(45)), $"it came to a stop; {describe()}; {await OpenAsync(inner)}");
            }
        }
        finally
        {
            inner.Signalled -= OnSignal;
        }
    }

    private static async Task<string> OpenAsync(IStore inner) =>
        $"open: {string.Join("; ", (await inner.ListAsync(new JobQuery { Limit = 100 }, CancellationToken.None)).Where(job => !job.IsEnded).Select(job => $"{job.Key} {job.State} attempt {job.Attempt} due {job.RunAt:O}"))}";

    private static async Task<bool> AllEndedAsync(IStore inner, Dictionary<string, Guid> jobs)
    {
        foreach (var id in jobs.Values)
        {
            if (await inner.GetAsync(id, CancellationToken.None) is not { IsEnded: true })
            {
                return false;
            }
        }

        var scheduled = await ScheduledAsync(inner);
        return scheduled.Count == 2 && scheduled.All(job => job.IsEnded);
    }

    private static async Task<IReadOnlyList<Job>> ScheduledAsync(IStore inner) =>
        [.. (await inner.ListAsync(new JobQuery { Limit = 100 }, CancellationToken.None)).Where(job => job.Schedule is not null)];

    private static async Task CheckAsync(IStore inner, Dictionary<string, Guid> jobs, Workload workload, string what)
    {
        var all = await inner.ListAsync(new JobQuery { Limit = 100 }, CancellationToken.None);
        Assert.True(all.Count == jobs.Count + 2, $"{what}: {all.Count} jobs instead of {jobs.Count + 2}");
        foreach (var job in all)
        {
            var name = jobs.FirstOrDefault(pair => pair.Value == job.Id).Key ?? $"of {job.Schedule}";
            var (state, runs, attempt) = name switch { "cancelled" => (JobState.Cancelled, 0, 0), "retried" => (JobState.Succeeded, 2, 2), _ => (JobState.Succeeded, 1, 1) };
            Assert.True((job.State, workload.RunsOf(job.Id), job.Attempt, job.OwnerLosses) == (state, runs, attempt, 0), $"{what}: job {name} {job.State}, ran {workload.RunsOf(job.Id)} times, attempt {job.Attempt}, {job.OwnerLosses} losses, {job.Error}");
        }

        Assert.Equal(["one", "two"], all.Select(job => job.Schedule).OfType<string>().Order());
    }

    /// <summary>Handlers that count how often they really ran.</summary>
    private sealed class Workload
    {
        private readonly ConcurrentDictionary<Guid, int> _runs = new();

        public int RunsOf(Guid job) => _runs.GetValueOrDefault(job);

        public Task<Outcome?> OnceAsync(JobContext context)
        {
            _runs.AddOrUpdate(context.Id, 1, (_, runs) => runs + 1);
            return Task.FromResult<Outcome?>(null);
        }

        public Task<Outcome?> SecondTimeAsync(JobContext context) =>
            _runs.AddOrUpdate(context.Id, 1, (_, runs) => runs + 1) == 1 ? throw new InvalidOperationException("the first time fails") : Task.FromResult<Outcome?>(null);

        public override string ToString() => string.Join(", ", _runs.Select(pair => $"{pair.Key} ×{pair.Value}"));
    }
}
