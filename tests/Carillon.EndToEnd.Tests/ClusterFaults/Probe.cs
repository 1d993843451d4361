using System.Diagnostics;
using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Carillon.Tests.Servers;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// One run of a cluster under load and schedules while a fault is injected; then everything comes to rest and the checker judges.
/// </summary>
internal sealed class Probe : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);
    private readonly ClusterSettings _settings;
    private readonly Dictionary<string, (DateTimeOffset First, TimeSpan Period)> _schedules = [];
    private readonly ITestOutputHelper _output;

    private Probe(ClusterOfServers cluster, ClusterSettings settings, int seed, ITestOutputHelper output)
    {
        (Cluster, _settings, Seed, _output) = (cluster, settings, seed, output);
        Load = new SteadyLoad(cluster, settings.JobsPerSecond, seed);
    }

    public ClusterOfServers Cluster { get; }

    public SteadyLoad Load { get; }

    public int Seed { get; }

    public Random Random => Cluster.Random;

    public static async Task<Probe> StartAsync(PostgresProcess postgres, ClusterSettings settings, ITestOutputHelper output)
    {
        var seed = FaultRun.NewSeed();
        output.WriteLine(Text($"seed {seed} ({FaultRun.SeedName}={seed} repeats it)"));
        var probe = new Probe(await ClusterOfServers.StartAsync(postgres, settings, seed), settings, seed, output);
        await probe.MakeSchedulesAsync();
        probe.Load.Start();
        await probe.Load.UntilMoreAsync(Math.Min(50, settings.JobsPerSecond));
        return probe;
    }

    public static Task PauseAsync(TimeSpan length) => Task.Delay(length, TimeProvider.System);

    /// <summary>A pause of a random length.</summary>
    public Task PauseAsync(int fromMilliseconds, int toMilliseconds) => Task.Delay(TimeSpan.FromMilliseconds(Random.Next(fromMilliseconds, toMilliseconds)), TimeProvider.System);

    /// <summary>Waits until a job began on the node after that, by the oracle, and it says that it is ready.</summary>
    public Task WorksAsync(Member member, long since) => Poll.UntilAsync(
        async () => (await member.Api.GetAsync("/health/ready")).IsAccepted && Cluster.Oracle.Read().Any(line => line.Node == member.Node && line.What == "start" && line.At > since),
        works => works, $"a job that begins on {member.Node}");

    /// <summary>The load ends, every node works, schedules are paused, what waits runs; then the checker is asked, and the result is written down.</summary>
    public async Task CheckAsync(Fault fault, Bounds bounds, string remark = "")
    {
        await ComeToRestAsync();
        var verdict = Checker.Check(await GatherAsync(), bounds);
        var lateness = verdict.Latenesses.Count == 0 ? "" : Text($"ticks late: median {verdict.Latenesses[verdict.Latenesses.Count / 2].TotalMilliseconds:F0} ms, last {verdict.Latenesses[^1].TotalMilliseconds:F0} ms");
        FaultRun.Report(_output, fault, verdict, Seed, string.Join("; ", ((string[])[remark, lateness]).Where(part => part.Length > 0)));
        Assert.True(Load.Strange.Count == 0, $"{Load.Strange.Count} answers that no client should get: {string.Join('\n', Load.Strange.Take(5))}");
        Assert.True(verdict.Violations.Count == 0, $"fault {fault.Number} ({fault.Name}), seed {Seed}: {verdict.Summary}");
    }

    /// <summary>The load ends, schedules are paused, what waits runs.</summary>
    public async Task ComeToRestAsync()
    {
        await Load.StopAsync();
        foreach (var name in _schedules.Keys)
        {
            (await Cluster.Up[0].Api.PostAsync($"/api/v1/schedules/{name}/pause", """{"reason":"the test ends"}""")).Is(HttpStatusCode.OK);
        }

        var since = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await Cluster.FirstAsync<long>("select count(*) from job") > 0 && Stopwatch.GetElapsedTime(since) < Rest)
        {
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>The schedules' instants until now.</summary>
    public async Task<IReadOnlyList<Timetable>> TimetablesAsync()
    {
        var (next, skipped) = (await ClusterView.NextInstantsAsync(Cluster.Database), await ClusterView.SkippedAsync(Cluster.Database));
        return [.. _schedules.Select(schedule => new Timetable(schedule.Key, schedule.Value.First, schedule.Value.Period, next[schedule.Key]) { Skipped = [.. skipped[schedule.Key]] })];
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Load.Dispose();
    }

    private async Task MakeSchedulesAsync()
    {
        for (var i = 0; i < _settings.Schedules; i++)
        {
            var (seconds, overlap) = (i % 5 == 4 ? 2 : 1, i % 2 == 0 ? "allow" : "queue");
            var body = Text($$$"""{"name":"tick-{{{i}}}","handler":"{{{_settings.Handler}}}","args":{{{_settings.ArgsOf(5)}}},"every":"{{{seconds}}}s","overlap":"{{{overlap}}}"}""");
            (await Cluster.Members[i % Cluster.Members.Count].Api.PostAsync("/api/v1/schedules", body)).Is(HttpStatusCode.Created);
            _schedules[Text($"tick-{i}")] = (default, TimeSpan.FromSeconds(seconds));
        }

        foreach (var (name, anchor) in await ClusterView.AnchorsAsync(Cluster.Database))
        {
            if (_schedules.TryGetValue(name, out var schedule))
            {
                _schedules[name] = schedule with { First = anchor + schedule.Period };
            }
        }
    }

    private async Task<Evidence> GatherAsync()
    {
        var timetables = await TimetablesAsync();
        var (wall, timestamp) = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
        return new Evidence
        {
            Lines = Cluster.Oracle.Read(),
            Accepted = Load.Accepted,
            Jobs = await ClusterView.JobsAsync(Cluster.Database),
            Timetables = timetables,
            WallOf = at => wall - Stopwatch.GetElapsedTime(at, timestamp),
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
