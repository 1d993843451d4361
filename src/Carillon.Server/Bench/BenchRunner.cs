using System.Runtime.InteropServices;

namespace Carillon.Server.Bench;

/// <summary>Runs the scenarios one after the other and gathers the report.</summary>
internal static class BenchRunner
{
    /// <summary>The names that <c>carillon bench --only</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["throughput", "singles", "pickup", "precision", "burst", "many", "start"];

    /// <summary>Measures; files go to <paramref name="directory"/> and are removed after.</summary>
    public static async Task<BenchReport> RunAsync(string directory, int jobs, IReadOnlyCollection<string> only, Action<BenchResult> told)
    {
        Directory.CreateDirectory(directory);
        var scenarios = new Scenarios(directory);
        var all = new Dictionary<string, Func<Task<IReadOnlyList<BenchResult>>>>
        {
            ["throughput"] = () => scenarios.ThroughputAsync(jobs),
            ["singles"] = () => scenarios.SinglesAsync(Math.Max(1_000, jobs / 2)),
            ["pickup"] = () => scenarios.PickupAsync(200),
            ["precision"] = () => scenarios.PrecisionAsync(100),
            ["burst"] = () => scenarios.BurstAsync(10_000),
            ["many"] = () => scenarios.ManySchedulesAsync(100_000),
            ["start"] = () => new StartScenario(directory).RunAsync(5),
        };
        var results = new List<BenchResult>();
        foreach (var name in Names.Where(name => only.Count == 0 || only.Contains(name)))
        {
            foreach (var result in await all[name]())
            {
                told(result);
                results.Add(result);
            }
        }

        Directory.Delete(directory, recursive: true);
        return new BenchReport(Hosting.EngineHost.Version, Machine(), "sqlite, synchronous=FULL", results);
    }

    private static string Machine() =>
        $"{Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_000_000_000.0:F0} GB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
}
