using System.Diagnostics;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.Server.Bench;

/// <summary>What is measured, each on a fresh file or schema, with full durability and history kept.</summary>
internal sealed class Scenarios(BenchStores stores)
{
    private static readonly Act Bench = new("bench", "bench", "schedule.put");
    private const int WarmUp = 20;

    /// <summary>Enqueues in batches of 1,000 while nothing runs, then drains with 100 slots.</summary>
    public async Task<IReadOnlyList<BenchResult>> ThroughputAsync(int jobs)
    {
        await Drain.WarmUpAsync(stores);
        var store = stores.Next();
        var enqueue = await Drain.FillAsync(store, jobs, static _ => new JobRequest { Handler = "noop" });
        var drain = await Drain.RunAsync(store, jobs);
        return
        [
            new("enqueue in batches", enqueue, "jobs/s", $"{jobs} jobs, 1000 a call, 2 callers"),
            new("drain", drain, "jobs/s", $"{jobs} no-op jobs, 100 slots, first to last body, after {Drain.WarmUpJobs} others"),
        ];
    }

    /// <summary>Producers that each await every call.</summary>
    public async Task<IReadOnlyList<BenchResult>> SinglesAsync(int jobs, int producers)
    {
        await using var host = await BenchHost.StartAsync(stores.Next(), static _ => { }, options => options.Enabled = false);
        var request = new JobRequest { Handler = "noop" };
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), new ParallelOptions { MaxDegreeOfParallelism = producers }, async (_, stop) => await host.Jobs.EnqueueAsync(request, stop));
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = producers }, async (_, stop) => await host.Jobs.EnqueueAsync(request, stop));
        return [new("enqueue one at a time", jobs / clock.Elapsed.TotalSeconds, "jobs/s", $"{jobs} jobs, {producers} producers")];
    }

    /// <summary>One job at a time into an idle engine: from the call to the body.</summary>
    public async Task<IReadOnlyList<BenchResult>> PickupAsync(int samples)
    {
        using var started = new SemaphoreSlim(0);
        long at = 0;
        await using var host = await BenchHost.StartAsync(stores.Next(), _ =>
        {
            at = Stopwatch.GetTimestamp();
            started.Release();
        });
        var latencies = new List<double>();
        for (var i = 0; i < samples + WarmUp; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
            var before = Stopwatch.GetTimestamp();
            await host.Jobs.EnqueueAsync(new JobRequest { Handler = "noop" });
            await started.WaitAsync();
            latencies.Add(Stopwatch.GetElapsedTime(before, at).TotalMilliseconds);
        }

        return [.. Figures.Of("enqueue to start", latencies.Skip(WarmUp), $"{samples} jobs, idle engine, same process")];
    }

    /// <summary>One job at a time, enqueued by one node that runs none, into another idle one on the same store.</summary>
    public async Task<IReadOnlyList<BenchResult>> SharedPickupAsync(int samples)
    {
        using var started = new SemaphoreSlim(0);
        var (store, at) = (stores.Next(), 0L);
        await using var worker = await BenchHost.StartAsync(
            store,
            _ =>
            {
                at = Stopwatch.GetTimestamp();
                started.Release();
            },
            options => options.NodeName = "worker");
        await using var producer = await BenchHost.StartAsync(store, static _ => { }, options => (options.NodeName, options.Enabled) = ("producer", false));
        var latencies = new List<double>();
        for (var i = 0; i < samples + WarmUp; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
            await producer.Jobs.EnqueueAsync(new JobRequest { Handler = "noop" });
            var enqueued = Stopwatch.GetTimestamp();
            await started.WaitAsync();
            latencies.Add(Stopwatch.GetElapsedTime(enqueued, at).TotalMilliseconds);
        }

        return [.. Figures.Of("enqueued elsewhere to start", latencies.Skip(WarmUp), $"{samples} jobs, idle engine, another node's call having returned")];
    }

    /// <summary>Schedules at known instants: how late each job's body begins.</summary>
    public async Task<IReadOnlyList<BenchResult>> PrecisionAsync(int samples)
    {
        var late = new List<double>();
        using var done = new SemaphoreSlim(0);
        BenchHost? host = null;
        host = await BenchHost.StartAsync(stores.Next(), context =>
        {
            lock (late)
            {
                late.Add((context.Clock.GetUtcNow() - context.ScheduledAt).TotalMilliseconds);
            }

            done.Release();
        });
        await using (host)
        {
            var first = host.Instance.Clock.GetUtcNow() + TimeSpan.FromSeconds(1);
            for (var i = 0; i < samples + WarmUp; i++)
            {
                var at = first + TimeSpan.FromMilliseconds(i * 97);
                await host.Schedules.PutAsync(new ScheduleRequest { Name = $"at {i}", Handler = "noop", Kind = RecurrenceKind.At, Expression = at.ToString("O") }, Bench);
            }

            for (var i = 0; i < samples + WarmUp; i++)
            {
                await done.WaitAsync();
            }
        }

        return [.. Figures.Of("lateness of a schedule", late.Skip(WarmUp), $"{samples} instants, 97 ms apart; a negative figure would be early")];
    }

    /// <summary>Many schedules due in one second.</summary>
    public async Task<IReadOnlyList<BenchResult>> BurstAsync(int schedules)
    {
        var late = new List<double>();
        using var done = new SemaphoreSlim(0);
        await using var host = await BenchHost.StartAsync(stores.Next(), context =>
        {
            lock (late)
            {
                late.Add((context.Clock.GetUtcNow() - context.ScheduledAt).TotalMilliseconds);
                if (late.Count == schedules)
                {
                    done.Release();
                }
            }
        });
        await Schedules.PutManyAsync(host, schedules, host.Instance.Clock.GetUtcNow() + TimeSpan.FromSeconds(10));
        await done.WaitAsync();
        return [.. Figures.Of($"{schedules} schedules due at one instant", late, "from the instant to each body")];
    }

    /// <summary>A file with many schedules, none due: start, memory, statements while idle.</summary>
    public async Task<IReadOnlyList<BenchResult>> ManySchedulesAsync(int schedules)
    {
        var store = stores.Next();
        await using (var host = await BenchHost.StartAsync(store, static _ => { }))
        {
            await Schedules.PutManyAsync(host, schedules, host.Instance.Clock.GetUtcNow() + TimeSpan.FromDays(30));
        }

        GC.Collect();
        var clock = Stopwatch.StartNew();
        await using var again = await BenchHost.StartAsync(store, static _ => { });
        var start = clock.Elapsed.TotalSeconds;
        return
        [
            new($"start with {schedules} schedules", start, "s", "host start to ready"),
            new($"memory with {schedules} schedules", Environment.WorkingSet / 1e6, "MB", "working set of the process after the start"),
        ];
    }
}
