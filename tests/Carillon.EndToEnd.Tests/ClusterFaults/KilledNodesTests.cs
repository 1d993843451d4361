using Carillon.EndToEnd.Tests.Checking;
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
        List<Death> deaths = [];
        var repeats = FaultRun.Pick(20, 40);
        for (var i = 0; i < repeats; i++)
        {
            var leader = await probe.Cluster.SomeLeaderAsync();
            var victim = i % 4 == 0 ? leader : probe.Cluster.Members[probe.Random.Next(probe.Cluster.Members.Count)];
            deaths.Add(await Death.OfAsync(probe.Cluster, victim, wasLeader: victim == leader));

            // The next one dies soon after its return, or a while after.
            var pause = probe.PauseAsync(200, FaultRun.Pick(2_000, 4_000));
            await victim.StartAsync(asAnother: probe.Random.Next(2) == 0);
            await pause;
        }

        var healing = new Healing(probe.Cluster.Oracle.Read(), deaths);
        await probe.CheckAsync(new Fault("1", "`kill -9` of a node, each fourth time of the leader", repeats), new Bounds(LongestUntilBegunAgain), healing.ToString());
        healing.Check();
    }
}
