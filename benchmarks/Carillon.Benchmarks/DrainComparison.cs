using System.Globalization;
using Carillon.Server.Bench;

namespace Carillon.Benchmarks;

/// <summary>Pairs of runs, so that a drift of the machine's speed falls on both.</summary>
internal static class DrainComparison
{
    private const int Jobs = 100_000;

    public static async Task RunAsync(int runs, TextWriter output)
    {
        var ratios = new List<double>();
        await output.WriteLineAsync("| run | Carillon enqueue/s | Carillon drain/s | Quartz RAM drain/s | ratio of drains |\n|---|---|---|---|---|");
        for (var run = 0; run <= runs; run++)
        {
            var directory = Directory.CreateTempSubdirectory("carillon-bench").FullName;
            IReadOnlyList<BenchResult> carillon;
            await using (var stores = new BenchStores(directory, null))
            {
                carillon = await new Scenarios(stores).ThroughputAsync(Jobs);
            }

            var quartz = await QuartzDrain.RunAsync(Jobs);
            if (run == 0)
            {
                continue; // warm-up of both
            }

            ratios.Add(carillon[1].Value / quartz);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {run} | {carillon[0].Value:N0} | {carillon[1].Value:N0} | {quartz:N0} | {ratios[^1]:F2} |"));
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"\nmedian ratio {Figures.Quantile([.. ratios.Order()], 0.5):F2}"));
    }
}
