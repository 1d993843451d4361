using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Carillon.Peers.Referee;

/// <summary>Measures everybody in turn, round after round, so that a noisy minute falls on all of them.</summary>
internal static class Match
{
    // Most of it stands in the table beside the others.
    private const int OwnRounds = 1;

    public static async Task<int> RunAsync(Settings settings)
    {
        await using var server = new Server(settings.Port);
        await server.OpenAsync();
        var (peers, figures) = (Peer.All(settings), new Figures());
        foreach (var row in new Rows(server, settings).All.Where(row => settings.Only.Count == 0 || settings.Only.Contains(row.Name)))
        {
            var all = peers.Where(peer => peer.IsCarillon || !row.IsOwn).ToList();
            if (row.IsAtOnce)
            {
                await server.SetAutovacuumAsync(isOn: false);
                await Task.WhenAll(all.Select(peer => MeasureAsync(row, 1, peer, figures)));
                await server.SetAutovacuumAsync(isOn: true);
                continue;
            }

            for (var round = 1; round <= settings.Rounds; round++)
            {
                foreach (var peer in all)
                {
                    await MeasureAsync(row, round, peer, figures);
                }
            }
        }

        if (settings.Only.Count == 0 || settings.Only.Contains("bench"))
        {
            await MeasureOwnAsync(settings, figures);
        }

        var report = Report.Of(settings, peers, figures, await server.DescribeAsync());
        await Console.Out.WriteLineAsync(report);
        if (settings.IsWhole)
        {
            Report.PutInto(settings.Results, report);
        }

        return figures.Failures.Count == 0 ? 0 : 1;
    }

    // One who fails is told of in the report, and the others are measured all the same.
    private static async Task MeasureAsync(Row row, int round, Peer peer, Figures figures)
    {
        try
        {
            foreach (var (name, value) in await row.Measure(peer))
            {
                figures.Add(name, peer.Name, value);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{row.Name} {round} {peer.Name}: {name} {value:0.###}"));
            }
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException or Npgsql.NpgsqlException or ArgumentOutOfRangeException)
        {
            figures.Fail($"{row.Name}, round {round}, {peer.Name}: {error.Message}");
        }
    }

    /// <summary>What `carillon bench` measures on this very server.</summary>
    private static async Task MeasureOwnAsync(Settings settings, Figures figures)
    {
        var store = string.Create(CultureInfo.InvariantCulture, $"postgres://bench@127.0.0.1:{settings.Port}/postgres");
        for (var round = 1; round <= OwnRounds; round++)
        {
            string[] arguments = settings.IsQuick ? ["--jobs", "20000", "--only", "throughput", "pickup"] : [];
            var setup = new ProcessStartInfo("dotnet", [settings.Program, "bench", "--store", store, "--json", .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false };
            using var process = Process.Start(setup)!;
            using var answer = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync());
            foreach (var result in answer.RootElement.GetProperty("results").EnumerateArray())
            {
                figures.AddOwn($"{result.GetProperty("name").GetString()} ({result.GetProperty("unit").GetString()})", result.GetProperty("note").GetString()!, result.GetProperty("value").GetDouble());
            }
        }
    }
}

/// <summary>What was measured so far, by row and peer, in the order in which rows first came.</summary>
internal sealed class Figures
{
    private readonly List<(string Row, string Peer, double Value)> _all = [];
    private readonly List<(string Row, string Note, double Value)> _own = [];

    private readonly List<string> _failures = [];
    private readonly Lock _lock = new();

    public IReadOnlyList<string> Failures => _failures;

    public IEnumerable<string> Rows => _all.Select(figure => figure.Row).Distinct();

    /// <summary>Carillon's own measurements: the row, what it was measured on, all rounds.</summary>
    public IEnumerable<(string Row, string Note, IReadOnlyList<double> Values)> Own =>
        _own.GroupBy(figure => figure.Row).Select(group => (group.Key, group.First().Note, (IReadOnlyList<double>)[.. group.Select(figure => figure.Value).Order()]));

    public void Add(string row, string peer, double value)
    {
        lock (_lock)
        {
            _all.Add((row, peer, value));
        }
    }

    public void Fail(string what)
    {
        lock (_lock)
        {
            _failures.Add(what);
        }

        Console.Error.WriteLine(what);
    }

    public void AddOwn(string row, string note, double value) => _own.Add((row, note, value));

    /// <summary>All rounds of a row, sorted.</summary>
    public IReadOnlyList<double> Of(string row, string peer) => [.. _all.Where(figure => figure.Row == row && figure.Peer == peer).Select(figure => figure.Value).Order()];
}
