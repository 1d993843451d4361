using System.Diagnostics;
using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// The network between one node and the database: it swallows everything while every connection stays open, and later lets through what
/// was under way; it is slow; it breaks again and again. The node lives and its handlers run on.
/// </summary>
[Collection(OtherFaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class CutNodesTests(FaultPostgres postgres, ITestOutputHelper output)
{
    private static readonly TimeSpan Lease = FaultRun.Pick(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15));
    private static readonly ClusterSettings Settings = new() { Lease = Lease, JobsPerSecond = 60 };

    [Fact]
    public async Task A_node_that_reaches_nobody_stops_its_handlers_before_their_jobs_begin_elsewhere()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, Settings, output);
        List<Silence> silences = [];
        var repeats = FaultRun.Pick(4, 20);
        for (var i = 0; i < repeats; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => probe.Load.PostAsync(LongJob)));
            var leader = await probe.Cluster.SomeLeaderAsync();
            silences.Add(await SilenceAsync(probe, i % 2 == 0 ? leader : probe.Cluster.Members.First(member => member != leader)));
            await probe.WorksAsync(silences[^1].Member, Stopwatch.GetTimestamp());
        }

        var (told, begun) = Told(probe.Cluster.Oracle.Read(), silences);
        await probe.CheckAsync(
            new Fault("5a", "one node's network swallows everything for longer than its lease, then lets it through", repeats), new Bounds(TimeSpan.FromSeconds(30)),
            string.Create(CultureInfo.InvariantCulture, $"lease {Lease.TotalSeconds:F0} s; {told.Count} running jobs told {Longest(told)} after the cut at most, begun elsewhere {Longest(begun)} after it at most, none before it had been told; another led after {Longest([.. silences.Where(silence => silence.Led > TimeSpan.Zero).Select(silence => silence.Led)])} at most"));
        Assert.NotEmpty(told);
    }

    [Fact]
    public async Task A_node_whose_network_is_slow_or_breaks_again_and_again_is_not_taken_for_dead()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, Settings, output);
        var wire = probe.Cluster.Members[0].Wire;
        wire.Delay = TimeSpan.FromMilliseconds(100);
        await Probe.PauseAsync(FaultRun.Pick(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)));
        wire.Delay = TimeSpan.Zero;
        var cuts = FaultRun.Pick(20, 200);
        for (var i = 0; i < cuts; i++)
        {
            probe.Cluster.Members[i % 3].Wire.Cut();
            await probe.PauseAsync(250, 500);
        }

        var lost = probe.Cluster.Members.Sum(member => member.Server.Output.Text.Split("lost its lease").Length - 1);
        await probe.CheckAsync(
            new Fault("5b", "one node's network takes 0.1 s longer, either way; then all of a node's connections are reset, again and again", cuts + 1), new Bounds(TimeSpan.FromSeconds(30)),
            string.Create(CultureInfo.InvariantCulture, $"{lost} leases lost"));

        // A busy machine may take longer than the moment that a node has to come back.
        Assert.InRange(lost, 0, cuts / 10);
    }

    private static string LongJob { get; } = string.Create(CultureInfo.InvariantCulture, $$$"""{"handler":"work","args":{"ms":{{{1.5 * Lease.TotalMilliseconds}}}}}""");

    // Its lease ends, its jobs begin elsewhere; then what it sent long ago arrives.
    private static async Task<Silence> SilenceAsync(Probe probe, Member member)
    {
        var (led, since) = (await probe.Cluster.LeaderAsync() == member, Stopwatch.GetTimestamp());
        member.Wire.Freeze();
        try
        {
            await (led ? Poll.UntilAsync(probe.Cluster.LeaderAsync, now => now is not null && now != member, "a leader that reaches the database") : Task.CompletedTask);
            var until = Stopwatch.GetElapsedTime(since);
            await Probe.PauseAsync((1.5 * Lease) - until is { Ticks: > 0 } rest ? rest : TimeSpan.Zero);
            return new Silence(member, member.Node, since, led ? until : TimeSpan.Zero);
        }
        finally
        {
            member.Wire.Thaw();
        }
    }

    // For each job that ran there and was told that its claim is lost: when, and when it began elsewhere, both from the cut.
    private static (List<TimeSpan> Told, List<TimeSpan> Begun) Told(IReadOnlyList<OracleLine> lines, List<Silence> silences)
    {
        List<TimeSpan> told = [], begun = [];
        foreach (var silence in silences)
        {
            var before = lines.Where(line => line.Node == silence.Node && line.What == "start" && line.At < silence.Since).Select(line => (line.Job, line.Token)).ToHashSet();
            foreach (var stop in lines.Where(line => line.What == "stopped-ClaimLost" && before.Contains((line.Job, line.Token)) && line.At > silence.Since))
            {
                var next = lines.First(line => line.Job == stop.Job && line.What == "start" && line.Token > stop.Token);
                Assert.True(stop.At < next.At, $"job {stop.Job} began on {next.Node} before {silence.Node} had told it to stop ({stop.Since(next.At)} before)");
                told.Add(stop.Since(silence.Since));
                begun.Add(next.Since(silence.Since));
            }
        }

        return (told, begun);
    }

    private static string Longest(IReadOnlyCollection<TimeSpan> times) => string.Create(CultureInfo.InvariantCulture, $"{times.DefaultIfEmpty().Max().TotalSeconds:F1} s");

    /// <summary>A node that reached nobody from then on; how long until another led, if it did.</summary>
    private sealed record Silence(Member Member, string Node, long Since, TimeSpan Led);
}
