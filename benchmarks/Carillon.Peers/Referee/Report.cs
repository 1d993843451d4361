using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Npgsql;

namespace Carillon.Peers.Referee;

/// <summary>The tables: medians, their range, and the ratio to the best of the others.</summary>
internal static class Report
{
    private const string Begin = "<!-- peers: begin; ./benchmarks/run writes what stands between these two lines -->";
    private const string End = "<!-- peers: end -->";

    public static string Of(Settings settings, IReadOnlyList<Peer> peers, Figures figures, string server)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"## Beside others on PostgreSQL{(settings.IsWhole ? "" : " (a quick or partial run: not for comparing)")}").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, `./benchmarks/run`; {Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F0} GB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, Npgsql {VersionOf(typeof(NpgsqlConnection))}; {server}.");
        page.AppendLine(CultureInfo.InvariantCulture, $"Medians of {settings.Rounds} rounds in which all took turns, least and most in brackets; producer, worker and database share the processors. The ratio is Carillon's to the best of the others (jobs/s: higher is better; else lower).").AppendLine();
        Compare(page, peers, figures);
        foreach (var peer in peers)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"- {peer.Name}: {peer.Setting}.");
        }

        page.AppendLine("- The same work for all: schedules of their own only where they have seconds or instants; elsewhere \"due at one instant\" is that many delayed jobs. The server's own vacuum, whose looks would be counted as transactions, rests while the idle are measured.").AppendLine();
        Own(page, figures);
        foreach (var failure in figures.Failures)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"- **failed**: {failure}");
        }

        return page.ToString();
    }

    /// <summary>Replaces the page's part between the two marks, or puts it at the end; whatever else stands there stays.</summary>
    public static void PutInto(string path, string report)
    {
        var page = File.Exists(path) ? File.ReadAllText(path) : "";
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        var (before, after) = from >= 0 && to > from ? (page[..from], page[(to + End.Length)..]) : (page.TrimEnd() + "\n\n", "\n");
        File.WriteAllText(path, $"{before}{Begin}\n\n{report.TrimEnd()}\n\n{End}{after}");
    }

    private static void Compare(StringBuilder page, IReadOnlyList<Peer> peers, Figures figures)
    {
        page.AppendLine(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", peers.Select(peer => peer.Name))} | ratio |");
        page.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(peers.Select(_ => "---|"))}---|");
        foreach (var row in figures.Rows)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {row} | {string.Join(" | ", peers.Select(peer => Text(figures.Of(row, peer.Name))))} | {Ratio(row, peers, figures)} |");
        }

        page.AppendLine();
    }

    private static void Own(StringBuilder page, Figures figures)
    {
        if (!figures.Own.Any())
        {
            return;
        }

        page.AppendLine("What `carillon bench --store postgres://…` measured on the same server, in one process:").AppendLine();
        page.AppendLine("| | once | on |").AppendLine("|---|---|---|");
        foreach (var (row, note, values) in figures.Own)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {row} | {Text(values)} | {note} |");
        }

        page.AppendLine();
    }

    private static string Ratio(string row, IReadOnlyList<Peer> peers, Figures figures)
    {
        var others = peers.Where(peer => !peer.IsCarillon).Select(peer => figures.Of(row, peer.Name)).Where(values => values.Count > 0).Select(Median).ToList();
        if (figures.Of(row, "Carillon") is not { Count: > 0 } own || others.Count == 0)
        {
            return "";
        }

        var best = row.EndsWith("(jobs/s)", StringComparison.Ordinal) ? others.Max() : others.Min();
        return best <= 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Median(own) / best:0.00} ×");
    }

    private static string VersionOf(Type type) => type.Assembly.GetName().Version!.ToString(3);

    private static double Median(IReadOnlyList<double> sorted) => sorted[sorted.Count / 2];

    private static string Text(IReadOnlyList<double> sorted) => sorted.Count == 0 ? ""
        : sorted.Count == 1 ? Number(sorted[0]) : $"{Number(Median(sorted))} ({Number(sorted[0])}–{Number(sorted[^1])})";

    private static string Number(double value) =>
        Math.Abs(value) >= 1_000 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString(Math.Abs(value) >= 10 ? "0.#" : "0.###", CultureInfo.InvariantCulture);
}
