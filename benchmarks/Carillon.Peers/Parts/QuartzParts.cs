using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace Carillon.Peers.Parts;

/// <summary>Quartz.NET on PostgreSQL, clustered, tuned: batches as large as its pool, acquired within the lock, the least idle wait it takes. It keeps no history.</summary>
internal static class QuartzParts
{
    private const int Threads = 50;
    private static readonly JobKey Noop = new("noop");
    private static Action<IJobExecutionContext> _called = static _ => { };

    public static IReadOnlyDictionary<string, Func<int[], Task>> All { get; } = new Dictionary<string, Func<int[], Task>>
    {
        ["prepare"] = _ => PrepareAsync(),
        ["fill"] = numbers => FillAsync(numbers[0]),
        ["singles"] = numbers => SinglesAsync(numbers[0], numbers[1]),
        ["work"] = _ => WorkAsync(),
        ["listen"] = _ => ListenAsync(),
        ["send"] = numbers => SendAsync(numbers[0], numbers[1], isRunning: false),
        ["pickup"] = numbers => SendAsync(numbers[0], numbers[1], isRunning: true),
        ["due"] = numbers => DueAsync(numbers[0], TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(numbers[1])),
        ["burst"] = numbers => DueAsync(numbers[0], TimeSpan.FromMilliseconds(numbers[1]), TimeSpan.Zero),
        ["idle"] = numbers => IdleAsync(numbers[0]),
    };

    private static async Task<IScheduler> OpenAsync(bool isTuned = true)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddQuartz(quartz =>
        {
            quartz.UseDefaultThreadPool(Threads);
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "peers";
                scheduler.InstanceId = $"p{Environment.ProcessId}";
                if (isTuned)
                {
                    (scheduler.MaxBatchSize, scheduler.IdleWaitTime) = (Threads, TimeSpan.FromSeconds(1));
                }
            });
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, Part.ConnectionString);
                store.UseSystemTextJsonSerializer();
                store.UseClustering();
                store.ProvisionSchema();
                store.ConfigureStore(options => options.AcquireTriggersWithinLock = isTuned);
            });
        });
        return await services.BuildServiceProvider().GetRequiredService<ISchedulerFactory>().GetScheduler(CancellationToken.None);
    }

    private static async Task PrepareAsync()
    {
        var scheduler = await OpenAsync();
        await scheduler.AddJob(JobBuilder.Create<NoopJob>().WithIdentity(Noop).StoreDurably().Build(), AddJobOptions.Replacing, CancellationToken.None);
        await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
    }

    private static ITrigger Trigger(string name, int number, DateTimeOffset? at = null) => TriggerBuilder.Create(TimeProvider.System)
        .WithIdentity(name).ForJob(Noop).UsingJobData("i", number.ToString(CultureInfo.InvariantCulture)).StartAt(at ?? TimeProvider.System.GetUtcNow()).Build();

    // A job with all its triggers in one call: the widest that its interface takes.
    private static async Task PutAsync(IScheduler scheduler, int count, Func<int, ITrigger> trigger)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(1_000))
        {
            var job = JobBuilder.Create<NoopJob>().WithIdentity(Noop).StoreDurably().Build();
            await scheduler.ScheduleJob(job, chunk.Select(trigger).ToList(), new ScheduleJobOptions { Replace = true }, CancellationToken.None);
        }
    }

    private static async Task FillAsync(int count)
    {
        var scheduler = await OpenAsync();
        var begun = Part.Now;
        await PutAsync(scheduler, count, i => Trigger($"t{i}", i));
        Part.Say($"rate {count / (Part.Now - begun) * 1000:F0}");
        await scheduler.Shutdown(waitForJobsToComplete: false, CancellationToken.None);
    }

    private static async Task SinglesAsync(int count, int callers)
    {
        var scheduler = await OpenAsync();
        Part.Say($"rate {await Part.InFlightAsync(count, callers, async (i, stop) => await scheduler.ScheduleJob(Trigger($"s{i}", i), cancellationToken: stop)):F0}");
        await scheduler.Shutdown(waitForJobsToComplete: false, CancellationToken.None);
    }

    private static async Task WorkAsync()
    {
        using var bodies = new Bodies();
        _called = context => bodies.Add(context.Trigger.Key.Name);
        await RunUntilToldAsync(await OpenAsync());
        bodies.Keep();
    }

    private static async Task ListenAsync()
    {
        _called = SayBody;
        await RunUntilToldAsync(await OpenAsync());
    }

    private static async Task RunUntilToldAsync(IScheduler scheduler)
    {
        await scheduler.Start(CancellationToken.None);
        Part.Say($"ready");
        await Part.ToldAsync();
        await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
    }

    private static void SayBody(IJobExecutionContext context)
    {
        var at = Part.Now;
        Part.Say($"body {context.Trigger.Key.Name} {at:F4}");
    }

    private static async Task SendAsync(int count, int gap, bool isRunning)
    {
        _called = SayBody;
        var scheduler = await OpenAsync();
        await (isRunning ? scheduler.Start(CancellationToken.None) : default);
        await Part.SendSlowlyAsync(count, gap, async i => await scheduler.ScheduleJob(Trigger(i.ToString(CultureInfo.InvariantCulture), i), cancellationToken: CancellationToken.None));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
    }

    private static async Task DueAsync(int count, TimeSpan wait, TimeSpan gap)
    {
        using var left = new CountdownEvent(count);
        _called = context =>
        {
            Part.Say($"late {(TimeProvider.System.GetUtcNow() - context.ScheduledFireTimeUtc!.Value).TotalMilliseconds:F4}");
            left.Signal();
        };
        var scheduler = await OpenAsync();
        await scheduler.Start(CancellationToken.None);
        var first = TimeProvider.System.GetUtcNow() + wait;
        await PutAsync(scheduler, count, i => Trigger($"d{i}", i, first + (gap * i)));
        await Task.Run(left.Wait);
        await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
    }

    private static async Task IdleAsync(int count)
    {
        var scheduler = await OpenAsync(isTuned: false);
        await PutAsync(scheduler, count, i => TriggerBuilder.Create(TimeProvider.System).WithIdentity($"c{i}").ForJob(Noop).WithCronSchedule("0 0 0 29 2 ?").Build());
        await RunUntilToldAsync(scheduler);
    }

    private sealed class NoopJob : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            _called(context);
            return ValueTask.CompletedTask;
        }
    }
}
