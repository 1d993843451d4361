using System.Runtime.InteropServices;

namespace Carillon.Server.Bench;

/// <summary>Runs the scenarios one after the other and gathers the report.</summary>
internal static class BenchRunner
{
    /// <summary>The names that <c>carillon bench --only</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["throughput", "singles", "pickup", "shared", "precision", "burst", "many", "start", "keyed", "two", "statements", "idle", "deep"];

    /// <summary>Those that take minutes: only where they are named.</summary>
    private static IReadOnlyList<string> Long { get; } = ["idle", "deep"];

    /// <summary>Measures; what the stores leave is removed with them.</summary>
    public static async Task<BenchReport> RunAsync(BenchStores stores, int jobs, IReadOnlyCollection<string> only, Action<BenchResult> told)
    {
        var scenarios = new Scenarios(stores);
        var all = new Dictionary<string, Func<Task<IReadOnlyList<BenchResult>>>>
        {
            ["throughput"] = () => scenarios.ThroughputAsync(jobs),
            ["singles"] = () => scenarios.SinglesAsync(Math.Max(1_000, jobs / 2), stores.IsShared ? 50 : 8),
            ["pickup"] = () => scenarios.PickupAsync(200),
            ["shared"] = () => stores.IsShared ? scenarios.SharedPickupAsync(200) : Task.FromResult<IReadOnlyList<BenchResult>>([]),
            ["precision"] = () => scenarios.PrecisionAsync(100),
            ["burst"] = () => scenarios.BurstAsync(10_000),
            ["many"] = () => scenarios.ManySchedulesAsync(100_000),
            ["start"] = () => stores.IsShared ? Task.FromResult<IReadOnlyList<BenchResult>>([]) : new StartScenario(stores.Directory).RunAsync(5),
        };
        if (stores.IsShared)
        {
            AddShared(all, new ClusterScenarios(stores), jobs);
        }

        var results = new List<BenchResult>();
        foreach (var name in Names.Where(name => all.ContainsKey(name) && (only.Count == 0 ? !Long.Contains(name) : only.Contains(name))))
        {
            foreach (var result in await all[name]())
            {
                told(result);
                results.Add(result);
            }
        }

        return new BenchReport(Hosting.EngineHost.Version, Machine(), stores.Description, results);
    }

    private static void AddShared(Dictionary<string, Func<Task<IReadOnlyList<BenchResult>>>> all, ClusterScenarios cluster, int jobs)
    {
        all["keyed"] = () => cluster.KeyedAsync(jobs);
        all["two"] = () => cluster.TwoAsync(jobs);
        all["statements"] = () => cluster.StatementsAsync(jobs);
        all["idle"] = () => cluster.IdleAsync(100);
        all["deep"] = () => cluster.DeepAsync(jobs, 10_000_000, 1_000_000);
    }

    private static string Machine() =>
        $"{Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_000_000_000.0:F0} GB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
}
