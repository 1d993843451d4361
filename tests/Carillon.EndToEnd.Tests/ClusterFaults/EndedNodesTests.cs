using System.Diagnostics;
using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Fault 3: a node is asked to end (SIGTERM) while its jobs run, with less time than some of them need.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class EndedNodesTests(FaultPostgres postgres, ITestOutputHelper output)
{
    private static readonly TimeSpan LastStart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestUntilBegunAgain = TimeSpan.FromSeconds(5);
    private static readonly ClusterSettings Settings = new() { Environment = new Dictionary<string, string> { ["Carillon__DrainTimeout"] = "400ms" } };

    [Fact]
    public async Task A_node_that_is_asked_to_end_takes_nothing_new_and_its_unfinished_jobs_run_elsewhere_at_once()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, Settings, output);
        List<Ending> endings = [];
        var (repeats, starting) = (FaultRun.Pick(20, 40), Task.CompletedTask);
        for (var i = 0; i < repeats; i++)
        {
            // The one that ended before is starting meanwhile; the third takes over.
            var up = probe.Cluster.Up;
            var member = up[probe.Random.Next(up.Count)];
            var later = await member.Api.EnqueueAsync("""{"handler":"work","delay":"1h"}""");
            var waiting = i % 5 == 0 ? TryWaitAsync(member.Api, later) : Task.CompletedTask;
            await probe.PauseAsync(100, FaultRun.Pick(500, 3_000));
            var (node, asked) = (member.Node, Stopwatch.GetTimestamp());
            Assert.Equal(0, await member.TerminateAsync());
            endings.Add(new Ending(node, asked, Stopwatch.GetTimestamp()));
            await waiting;
            (await probe.Cluster.Up[0].Api.PostAsync($"/api/v1/jobs/{later}/cancel")).Is(HttpStatusCode.OK);
            await starting;
            starting = member.StartAsync(asAnother: true);
        }

        await starting;
        await probe.CheckAsync(new Fault("3", "SIGTERM with jobs running", repeats), new Bounds(LongestUntilBegunAgain), Describe(probe.Cluster.Oracle.Read(), endings));
        Assert.Equal(0, await probe.Cluster.FirstAsync<long>("select count(*) from journal where kind = 'attempt' and data::jsonb ->> 'state' = 'owner lost'"));
        Assert.Equal(0, await probe.Cluster.FirstAsync<long>("select count(*) from job_done where attempt > 1"));
    }

    // A client whose request is under way for a while: the web server's own end waits for it. It may have come too late.
    private static async Task TryWaitAsync(Api api, Guid job)
    {
        try
        {
            await api.GetAsync($"/api/v1/jobs/{job}/wait?timeout=3s");
        }
        catch (HttpRequestException)
        {
            // The node was gone already.
        }
    }

    private static string Describe(IReadOnlyList<OracleLine> lines, List<Ending> endings)
    {
        var (released, longest, last) = (0, TimeSpan.Zero, TimeSpan.Zero);
        foreach (var ending in endings)
        {
            var own = lines.Where(line => line.Node == ending.Node).ToList();
            last = Longer(last, own.Where(line => line.What == "start" && line.At > ending.AskedAt).Select(line => line.Since(ending.AskedAt)).DefaultIfEmpty().Max());
            foreach (var stopped in own.Where(line => line.What == "stopped-Shutdown"))
            {
                var again = lines.First(line => line.Job == stopped.Job && line.What == "start" && line.Token > stopped.Token);
                (released, longest) = (released + 1, Longer(longest, again.Since(ending.EndedAt)));
            }
        }

        Assert.True(last <= LastStart, $"a node began a job {last} after it had been asked to end");
        Assert.True(longest <= LongestUntilBegunAgain, $"a released job began again {longest} after its node's end");
        return string.Create(CultureInfo.InvariantCulture, $"{released} jobs released; the last began again {longest.TotalMilliseconds:F0} ms after its node's end; last start {last.TotalMilliseconds:F0} ms after the signal");
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed record Ending(string Node, long AskedAt, long EndedAt);
}
