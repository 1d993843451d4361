namespace Carillon.Server.Bench;

/// <summary>Percentiles of samples.</summary>
internal static class Figures
{
    /// <summary>The p-quantile of sorted samples, by the nearest rank.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double p) => sorted[Math.Clamp((int)Math.Ceiling(p * sorted.Count) - 1, 0, sorted.Count - 1)];

    /// <summary>Rows for p50, p99 and max.</summary>
    public static IEnumerable<BenchResult> Of(string name, IEnumerable<double> milliseconds, string note)
    {
        var sorted = milliseconds.Order().ToList();
        yield return new BenchResult($"{name}, least", sorted[0], "ms", note);
        yield return new BenchResult($"{name}, p50", Quantile(sorted, 0.5), "ms", note);
        yield return new BenchResult($"{name}, p99", Quantile(sorted, 0.99), "ms", note);
        yield return new BenchResult($"{name}, most", sorted[^1], "ms", note);
    }
}
