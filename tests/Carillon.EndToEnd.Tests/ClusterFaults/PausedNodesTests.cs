using System.Diagnostics;
using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Faults 4 and 5: the leader and another node stand still (SIGSTOP) for three leases, both with jobs in hand, and go on.</summary>
[Collection(OtherFaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class PausedNodesTests(FaultPostgres postgres, ITestOutputHelper output)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestUntilLed = Lease + TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestUntilStopped = TimeSpan.FromSeconds(1);
    private static readonly ClusterSettings Settings = new() { Lease = Lease, JobsPerSecond = 60 };

    [Fact]
    public async Task Paused_nodes_are_fenced_off_and_do_nothing_twice_when_they_go_on()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, Settings, output);
        List<long> terms = [];
        List<(string Node, long At)> resumed = [];
        var (repeats, longest) = (FaultRun.Pick(20, 20), TimeSpan.Zero);
        for (var i = 0; i < repeats; i++)
        {
            await probe.PauseAsync(200, FaultRun.Pick(600, 3_000));
            var leader = await probe.Cluster.SomeLeaderAsync();
            var worker = probe.Cluster.Members.Where(member => member != leader).ElementAt(probe.Random.Next(2));
            await (i % 4 == 0 ? LongJobsAsync(probe) : Task.CompletedTask);
            terms.Add(await TermAsync(probe.Cluster));
            longest = new[] { longest, await PauseAsync(probe, leader, worker) }.Max();
            terms.Add(await TermAsync(probe.Cluster));
            leader.Resume();
            worker.Resume();
            resumed.AddRange([(leader.Node, Stopwatch.GetTimestamp()), (worker.Node, Stopwatch.GetTimestamp())]);
        }

        await probe.CheckAsync(
            new Fault("4, 5", "SIGSTOP of the leader and of a worker for three leases, SIGCONT", repeats), new Bounds(TimeSpan.FromSeconds(30)),
            string.Create(CultureInfo.InvariantCulture, $"lease 1 s; another led after {longest.TotalMilliseconds:F0} ms at most; {Stopped(probe.Cluster.Oracle.Read(), resumed)}"));
        Assert.True(longest <= LongestUntilLed, $"it took {longest} until another node led");
        Assert.Equal(terms.Order(), terms);
    }

    // From the pause until another leads.
    private static async Task<TimeSpan> PauseAsync(Probe probe, Member leader, Member worker)
    {
        var since = Stopwatch.GetTimestamp();
        leader.Pause();
        worker.Pause();
        await Poll.UntilAsync(probe.Cluster.LeaderAsync, now => now is not null && now != leader && now != worker, "a leader that is not paused");
        var led = Stopwatch.GetElapsedTime(since);
        await Probe.PauseAsync(led < 3 * Lease ? (3 * Lease) - led : TimeSpan.Zero);
        return led;
    }

    // Of those some are running when the node stands still, and would be when it goes on.
    private static Task LongJobsAsync(Probe probe) =>
        Task.WhenAll(Enumerable.Range(0, 9).Select(_ => probe.Load.PostAsync("""{"handler":"work","args":{"ms":4500}}""")));

    private static async Task<long> TermAsync(ClusterOfServers cluster) =>
        await Poll.UntilAsync(() => cluster.FirstAsync<long>("select token from lease where name = 'leader'"), term => term > 0, "a leader's lease");

    // A claim of after the pause may be lost for another reason: a busy machine and so short a lease.
    private static string Stopped(IReadOnlyList<OracleLine> lines, List<(string Node, long At)> resumed)
    {
        List<TimeSpan> waits = [];
        foreach (var (node, at) in resumed)
        {
            var begunBefore = lines.Where(line => line.Node == node && line.What == "start" && line.At < at).Select(line => (line.Job, line.Token)).ToHashSet();
            waits.AddRange(lines.Where(line => line.Node == node && line.What == "stopped-ClaimLost" && line.At > at && line.Since(at) < 3 * Lease && begunBefore.Contains((line.Job, line.Token))).Select(line => line.Since(at)));
        }

        Assert.True(waits.Count == 0 || waits.Max() <= LongestUntilStopped, $"a job whose claim was lost was told {waits.DefaultIfEmpty().Max()} after its node went on");
        return string.Create(CultureInfo.InvariantCulture, $"{waits.Count} running jobs told that their claim is lost, after {waits.DefaultIfEmpty().Max().TotalMilliseconds:F0} ms at most");
    }
}
