using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Fault 1: a node is killed with <c>kill -9</c> while its jobs run.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class KilledNodesTests(FaultPostgres postgres, ITestOutputHelper output)
{
    private static readonly TimeSpan LongestUntilBegunAgain = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task Jobs_of_killed_nodes_run_elsewhere_and_nothing_is_lost_or_doubled()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings(), output);
        List<(long At, string Node)> kills = [];
        var repeats = FaultRun.Pick(20, 40);
        for (var i = 0; i < repeats; i++)
        {
            var victim = i % 4 == 0 ? await probe.Cluster.SomeLeaderAsync() : probe.Cluster.Members[probe.Random.Next(probe.Cluster.Members.Count)];
            kills.Add((await victim.KillAsync(), victim.Node));

            // The next one dies soon after its return, or a while after.
            var pause = probe.PauseAsync(200, FaultRun.Pick(2_000, 4_000));
            await victim.StartAsync(asAnother: probe.Random.Next(2) == 0);
            await pause;
        }

        var waits = Healed(probe.Cluster.Oracle.Read(), kills);
        var remark = waits.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{waits.Count} jobs in flight began again: median {waits[waits.Count / 2].TotalMilliseconds:F0} ms, last {waits[^1].TotalMilliseconds:F0} ms");
        await probe.CheckAsync(new Fault("1", "`kill -9` of a node, each fourth time of the leader", repeats), new Bounds(LongestUntilBegunAgain), remark);
        Assert.All(Healed(probe.Cluster.Oracle.Read(), kills), wait => Assert.InRange(wait, TimeSpan.Zero, LongestUntilBegunAgain));
    }

    // From the kill to the next start of what was running there.
    private static List<TimeSpan> Healed(IReadOnlyList<OracleLine> lines, List<(long At, string Node)> kills)
    {
        List<TimeSpan> waits = [];
        foreach (var (at, node) in kills)
        {
            var before = lines.Where(line => line.At < at && line.Node == node).ToList();
            var inFlight = before.Where(line => line.What == "start").Select(line => (line.Job, line.Token)).Except(before.Where(line => line.What == "end").Select(line => (line.Job, line.Token)));
            waits.AddRange(inFlight.Select(claim => lines.FirstOrDefault(line => line.Job == claim.Job && line.What == "start" && line.Token > claim.Token)).Where(line => line.At > at).Select(line => line.Since(at)));
        }

        waits.Sort();
        return waits;
    }
}
