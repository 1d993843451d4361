using System.Diagnostics;
using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Faults 7 and 8: the database is restarted, or away for long.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class DatabaseGoneTests(FaultPostgres postgres, ITestOutputHelper output)
{
    private static readonly TimeSpan LongestUntilBack = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_restart_of_the_database_under_load_is_survived_without_help()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings(), output);
        var (repeats, longest) = (FaultRun.Pick(2, 20), TimeSpan.Zero);
        for (var i = 0; i < repeats; i++)
        {
            await probe.PauseAsync(500, 1_500);
            await postgres.StopAsync();
            await CheckHealthAsync(probe);
            await postgres.StartAsync();
            probe.Cluster.Database.Clear();
            var back = Stopwatch.GetTimestamp();
            await Task.WhenAll(probe.Cluster.Members.Select(member => probe.WorksAsync(member, back)));
            var healed = Stopwatch.GetElapsedTime(back);
            longest = healed > longest ? healed : longest;
        }

        await probe.CheckAsync(
            new Fault("7", "restart of the database under load", repeats), new Bounds(TimeSpan.FromSeconds(45)),
            string.Create(CultureInfo.InvariantCulture, $"every node works again after {longest.TotalSeconds:F1} s at most; {probe.Load.Refused} calls answered 503 with Retry-After"));
        Assert.True(longest <= LongestUntilBack, $"it took {longest} until every node worked again");
        Assert.NotEqual(0, probe.Load.Refused);
    }

    [Fact]
    public async Task While_the_database_is_away_nodes_try_seldom_and_do_not_grow()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings { JobsPerSecond = 20, Schedules = 4 }, output);
        await Probe.PauseAsync(TimeSpan.FromSeconds(FaultRun.Pick(1, 30)));
        await probe.Load.StopAsync();
        Turn(probe, isAway: true);
        await Probe.PauseAsync(TimeSpan.FromSeconds(FaultRun.Pick(4, 60)));
        var (since, tries, memory) = (Stopwatch.GetTimestamp(), Tries(probe), Memory(probe));
        await Probe.PauseAsync(TimeSpan.FromSeconds(FaultRun.Pick(6, 540)));
        var rates = Tries(probe).Zip(tries, (now, then) => (now - then) / Stopwatch.GetElapsedTime(since).TotalSeconds).ToList();
        var growth = Memory(probe).Zip(memory, (now, then) => (double)now / then).Max() - 1;
        Turn(probe, isAway: false);
        var back = Stopwatch.GetTimestamp();
        await Task.WhenAll(probe.Cluster.Members.Select(member => probe.WorksAsync(member, back)));
        await probe.CheckAsync(
            new Fault("8", string.Create(CultureInfo.InvariantCulture, $"the database cannot be reached for {FaultRun.Pick("10 s", "10 min")}"), 1), new Bounds(TimeSpan.FromMinutes(11)),
            string.Create(CultureInfo.InvariantCulture, $"{rates.Max():F1} tries a second and node at most, memory {growth:+0.0 %;-0.0 %}; works again after {Stopwatch.GetElapsedTime(back).TotalSeconds:F1} s"));
        Assert.All(rates, rate => Assert.InRange(rate, 0, FaultRun.Pick(3, 1.1)));
        Assert.InRange(growth, -1, FaultRun.Pick(1, 0.1));
    }

    private static void Turn(Probe probe, bool isAway)
    {
        foreach (var member in probe.Cluster.Members)
        {
            member.Wire.IsRefusing = isAway;
            member.Wire.Cut();
        }
    }

    private static List<int> Tries(Probe probe) => [.. probe.Cluster.Members.Select(member => member.Wire.Accepted)];

    private static List<long> Memory(Probe probe) => [.. probe.Cluster.Members.Select(member => member.Server.Memory)];

    private static async Task CheckHealthAsync(Probe probe)
    {
        foreach (var member in probe.Cluster.Members)
        {
            await Poll.UntilAsync(() => member.Api.GetAsync("/health/ready"), answer => answer.Status == HttpStatusCode.ServiceUnavailable, "a node that says it is not ready");
            (await member.Api.GetAsync("/health/live")).Is(HttpStatusCode.OK);
            Assert.Equal("application/problem+json", (await member.Api.PostAsync("/api/v1/jobs", """{"handler":"work"}""")).Is(HttpStatusCode.ServiceUnavailable).Type);
        }
    }
}
