using System.Diagnostics;
using Carillon.Jobs;
using Carillon.Server.Serving;

namespace Carillon.Server.Bench;

/// <summary>Jobs that are enqueued while nothing runs, and then run as fast as the nodes can.</summary>
internal static class Drain
{
    /// <summary>How many jobs run before anything is counted: the runtime compiles what is hot meanwhile.</summary>
    public const int WarmUpJobs = 30_000;

    private const int Batch = 1_000;

    /// <summary>Fills and empties a store of its own.</summary>
    public static async Task WarmUpAsync(BenchStores stores)
    {
        var store = stores.Next();
        await FillAsync(store, WarmUpJobs, static _ => new JobRequest { Handler = "noop" });
        await RunAsync(store, WarmUpJobs);
    }

    /// <summary>Enqueues in batches of 1,000 from two callers; says how many a second.</summary>
    public static async Task<double> FillAsync(StoreChoice store, int jobs, Func<int, JobRequest> make)
    {
        await using var host = await BenchHost.StartAsync(store, static _ => { }, options => (options.NodeName, options.Enabled) = ("producer", false));
        await host.Jobs.EnqueueAsync([.. Enumerable.Range(0, Batch).Select(make)]);
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(1, (jobs / Batch) - 1),
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (number, stop) => await host.Jobs.EnqueueAsync([.. Enumerable.Range(number * Batch, Batch).Select(make)], stop));
        return (jobs - Batch) / clock.Elapsed.TotalSeconds;
    }

    /// <summary>From the first body to the last, as jobs a second; more bodies than jobs are an error.</summary>
    public static async Task<double> RunAsync(StoreChoice store, int jobs, int nodes = 1)
    {
        var (count, first) = (0, 0L);
        var done = new TaskCompletionSource<long>();
        var hosts = new List<BenchHost>();
        for (var i = 0; i < nodes; i++)
        {
            hosts.Add(await BenchHost.StartAsync(store, OnCall, options => options.NodeName = $"worker {i}"));
        }

        var last = await done.Task;
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }

        return jobs / Stopwatch.GetElapsedTime(first, last).TotalSeconds;

        void OnCall(JobContext context)
        {
            var number = Interlocked.Increment(ref count);
            if (number == 1)
            {
                first = Stopwatch.GetTimestamp();
            }

            if (number == jobs)
            {
                done.TrySetResult(Stopwatch.GetTimestamp());
            }
        }
    }
}
