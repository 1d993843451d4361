using Carillon.Jobs;

namespace Carillon.Server.Bench;

/// <summary>What only a shared store is measured for; each ratio is of two figures of the same run.</summary>
internal sealed class ClusterScenarios(BenchStores stores)
{
    private const int Keys = 10_000;
    private static readonly JobRequest Noop = new() { Handler = "noop" };

    /// <summary>Every job keyed: at most one of a key runs at once.</summary>
    public async Task<IReadOnlyList<BenchResult>> KeyedAsync(int jobs)
    {
        await Drain.WarmUpAsync(stores);
        var free = await FillAndDrainAsync(jobs, static _ => Noop, nodes: 1);
        var keyed = await FillAndDrainAsync(jobs, static i => Noop with { ConcurrencyKey = $"key {i % Keys}" }, nodes: 1);
        return
        [
            new("drain, every job keyed", keyed, "jobs/s", $"{jobs} jobs, {Keys} concurrency keys"),
            new("drain, keyed to unlimited", keyed / free, "×", $"unlimited in the same run: {free:F0} jobs/s"),
        ];
    }

    /// <summary>Two nodes with pools and stores of their own share what one drains alone.</summary>
    public async Task<IReadOnlyList<BenchResult>> TwoAsync(int jobs)
    {
        await Drain.WarmUpAsync(stores);
        var one = await FillAndDrainAsync(jobs, static _ => Noop, nodes: 1);
        var two = await FillAndDrainAsync(jobs, static _ => Noop, nodes: 2);
        return
        [
            new("drain by two nodes", two, "jobs/s", $"{jobs} no-op jobs, both nodes in this process"),
            new("drain, two nodes to one", two / one, "×", $"one in the same run: {one:F0} jobs/s"),
        ];
    }

    /// <summary>Statements that the server counted, enqueue to end.</summary>
    public async Task<IReadOnlyList<BenchResult>> StatementsAsync(int jobs)
    {
        if (await stores.CountStatementsAsync() is not { } before)
        {
            return [new("statements", 0, "", "not counted: the database lacks the extension pg_stat_statements")];
        }

        await FillAndDrainAsync(jobs, static _ => Noop, nodes: 1);
        var loaded = await stores.CountStatementsAsync() - before;
        var single = await CountSinglesAsync(200);
        return
        [
            new("statements a job, full load", (double)loaded! / jobs, "", $"{jobs} jobs, enqueued 1000 a call; with the start of the nodes and the schema"),
            new("statements a job, one at a time", single, "", "200 jobs, each enqueued when the last one has run"),
        ];
    }

    /// <summary>Transactions of a node that has nothing to do.</summary>
    public async Task<IReadOnlyList<BenchResult>> IdleAsync(int schedules)
    {
        await using var host = await BenchHost.StartAsync(stores.Next(), static _ => { });
        await Schedules.PutManyAsync(host, schedules, host.Instance.Clock.GetUtcNow() + TimeSpan.FromDays(30));
        await Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System);
        var before = await stores.CountTransactionsAsync();
        var cpu = Environment.CpuUsage.TotalTime;
        await Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System);
        var spent = Environment.CpuUsage.TotalTime - cpu;

        // The count itself is one.
        return
        [
            new("transactions of an idle node", await stores.CountTransactionsAsync() - before - 1, "a min", $"{schedules} schedules, none due"),
            new("CPU of an idle node", spent / TimeSpan.FromMinutes(1) * 100, "%", "of one core, this process"),
        ];
    }

    /// <summary>The rate with a long history and a long queue, against that of an empty table.</summary>
    public async Task<IReadOnlyList<BenchResult>> DeepAsync(int jobs, int finished, int pending)
    {
        await Drain.WarmUpAsync(stores);
        var empty = await FillAndDrainAsync(jobs, static _ => Noop, nodes: 1);
        var store = stores.Next();
        await Drain.FillAsync(store, 2_000, static _ => Noop);
        await stores.DeepenAsync(store, finished, pending);
        var deep = await Drain.RunAsync(store, jobs);
        return
        [
            new("drain of a deep store", deep, "jobs/s", $"{jobs} of {pending} pending jobs, {finished} finished ones kept"),
            new("drain, deep to empty", deep / empty, "×", $"from an empty store in the same run: {empty:F0} jobs/s"),
        ];
    }

    private async Task<double> FillAndDrainAsync(int jobs, Func<int, JobRequest> make, int nodes)
    {
        var store = stores.Next();
        await Drain.FillAsync(store, jobs, make);
        return await Drain.RunAsync(store, jobs, nodes);
    }

    private async Task<double> CountSinglesAsync(int jobs)
    {
        using var ran = new SemaphoreSlim(0);
        await using var host = await BenchHost.StartAsync(stores.Next(), _ => ran.Release());
        await RunOneByOneAsync(host, ran, 20);
        var before = await stores.CountStatementsAsync();
        await RunOneByOneAsync(host, ran, jobs);
        return (double)(await stores.CountStatementsAsync() - before)! / jobs;
    }

    private static async Task RunOneByOneAsync(BenchHost host, SemaphoreSlim ran, int jobs)
    {
        for (var i = 0; i < jobs; i++)
        {
            await host.Jobs.EnqueueAsync(Noop);
            await ran.WaitAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
