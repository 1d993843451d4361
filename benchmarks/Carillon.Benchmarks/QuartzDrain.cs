using System.Diagnostics;
using Quartz;

namespace Carillon.Benchmarks;

/// <summary>The peer: one-shot jobs of Quartz.NET's RAM store, scheduled before the start, with its default pool of ten threads.</summary>
internal static class QuartzDrain
{
    private static int _count;
    private static int _jobs;
    private static long _first;
    private static TaskCompletionSource<long> _done = new();

    /// <summary>Jobs a second, from the first body to the last.</summary>
    public static async Task<double> RunAsync(int jobs)
    {
        (_count, _jobs, _done) = (0, jobs, new TaskCompletionSource<long>());
        await using var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)).AddQuartz(_ => { }).BuildServiceProvider();
        var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler(CancellationToken.None);
        for (var i = 0; i < jobs; i++)
        {
            var job = JobBuilder.Create<Noop>().WithIdentity($"job{i}").Build();
            var trigger = TriggerBuilder.Create(TimeProvider.System).WithIdentity($"trigger{i}").StartNow().Build();
            await scheduler.ScheduleJob(job, trigger);
        }

        await scheduler.Start(CancellationToken.None);
        var last = await _done.Task;
        await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        return jobs / Stopwatch.GetElapsedTime(_first, last).TotalSeconds;
    }

    private sealed class Noop : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _count);
            if (number == 1)
            {
                _first = Stopwatch.GetTimestamp();
            }

            if (number == _jobs)
            {
                _done.TrySetResult(Stopwatch.GetTimestamp());
            }

            return ValueTask.CompletedTask;
        }
    }
}
