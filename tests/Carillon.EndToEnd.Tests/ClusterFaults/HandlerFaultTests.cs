using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Faults 6 and 26 to 30: what handlers and deploys do to a cluster. Each under load, which must not notice.</summary>
[Collection(OtherFaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class HandlerFaultTests(FaultPostgres postgres, ITestOutputHelper output)
{
    // And a mark that some was cut off.
    private const int LongestStack = (32 * 1024) + 16;
    private static readonly ClusterSettings Settings = new() { JobsPerSecond = 20, Schedules = 4, ArgumentsOf = place => place == 2 ? [] : ["--without", "greet"] };
    private static readonly (string Args, string? Greeted)[] Shapes =
    [
        ("""{"name":"Ada"}""", "greeted-Ada-1"),
        ("""{"name":"Ada","times":2,"colour":"blue"}""", "greeted-Ada-2"),
        ("""{"person":"Ada"}""", "greeted-nobody-1"),
        ("""{"name":"Ada","times":"twice"}""", null),
    ];

    private static readonly Bounds Usual = new(TimeSpan.FromSeconds(30));

    [Fact]
    public async Task A_handler_that_blocks_every_thread_does_not_cost_its_node_the_lease_or_is_fenced()
    {
        var lease = TimeSpan.FromSeconds(2);
        await using var probe = await Probe.StartAsync(postgres.Server, Settings with { Lease = lease }, output);
        for (var i = 0; i < FaultRun.Pick(1, 20); i++)
        {
            await probe.Load.PostAsync(string.Create(CultureInfo.InvariantCulture, $$$"""{"handler":"starve","args":{"ms":{{{2 * lease.TotalMilliseconds}}}}}"""));
            await Probe.PauseAsync(2.5 * lease);
        }

        await probe.CheckAsync(new Fault("6", "a handler blocks every thread of the pool for two leases", FaultRun.Pick(1, 20)), Usual, $"{await LossesAsync(probe)} owner losses");
    }

    [Fact]
    public async Task What_handlers_do_to_a_cluster_is_borne_and_nothing_else_is_lost()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, Settings, output);
        var repeats = FaultRun.Pick(1, 20);
        for (var i = 0; i < repeats; i++)
        {
            await NobodyHasTheHandlerAsync(probe);
            await Task.WhenAll(AlwaysFailsAsync(probe), IgnoresItsTimeoutAsync(probe));
            await KillsItsProcessAsync(probe);
        }

        await probe.CheckAsync(
            new Fault("26–29", "a job kills its process, three times; a handler fails in each attempt; one ignores its time-out; no node has a job's handler, then one has it again", repeats),
            Usual with { LatestStart = TimeSpan.FromSeconds(60) });
        Assert.Equal(repeats, await probe.Cluster.FirstAsync<long>("select count(*) from job_done where handler = 'die' and state = 4 and reason = 'poison' and owner_losses = 3"));
        var died = (await ClusterView.ListAsync(probe.Cluster.Database, "select id from job_done where handler = 'die'", row => row.GetGuid(0))).ToHashSet();
        Assert.Equal(3 * repeats, probe.Cluster.Oracle.Read().Count(line => died.Contains(line.Job) && line.What == "start"));
    }

    // Fault 30: read tolerantly, or dead without having begun.
    [Fact]
    public async Task Arguments_of_another_version_are_read_or_the_job_ends_dead_without_having_begun()
    {
        await using var cluster = await ClusterOfServers.StartAsync(postgres.Server, new ClusterSettings { Nodes = 1 }, FaultRun.NewSeed());
        var api = cluster.Members[0].Api;
        foreach (var (args, greeted) in Shapes)
        {
            var job = await api.EndAsync(await api.EnqueueAsync($$$"""{"handler":"greet","args":{{{args}}}}"""));

            var lines = cluster.Oracle.Of(job.Id).Select(line => line.What).ToList();
            Assert.Equal(greeted is null ? [] : ["start", greeted, "end"], lines);
            Assert.Equal(greeted is null ? "dead" : "succeeded", job["state"]);
            Assert.Contains(greeted is null ? "times" : "", job["error"], StringComparison.Ordinal);
        }
    }

    // Fault 26.
    private static async Task KillsItsProcessAsync(Probe probe)
    {
        var posting = probe.Load.PostAsync("""{"handler":"die"}""");
        for (var deaths = 0; deaths < 3; deaths++)
        {
            var dead = await Poll.UntilAsync(() => Task.FromResult(probe.Cluster.Members.FirstOrDefault(member => member.Server.HasEnded)), member => member is not null, "a node that died of the job");
            await dead!.StartAsync(asAnother: true);
        }

        await posting;
    }

    // Fault 27.
    private static async Task AlwaysFailsAsync(Probe probe)
    {
        var api = probe.Cluster.Members[0].Api;
        var job = await api.EnqueueAsync("""{"handler":"throw","retry":{"attempts":3,"base":"200ms","backoff":"fixed","jitter":0}}""");
        var ended = await api.EndAsync(job);
        Assert.Equal(("dead", "3"), (ended["state"], ended["attempt"]));
        Assert.Contains("attempt 3 failed", ended["error"], StringComparison.Ordinal);
        Assert.InRange(await probe.Cluster.FirstAsync<int>("select max(octet_length(error)) from job_done"), 1, LongestStack);
        var starts = probe.Cluster.Oracle.Of(job).Where(line => line.What == "start").ToList();
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.InRange(pair.Second.Since(pair.First.At), TimeSpan.FromMilliseconds(190), TimeSpan.FromSeconds(10)));
        (await probe.Cluster.Members[1].Api.PostAsync($"/api/v1/jobs/{job}/retry")).Is(HttpStatusCode.OK);
        await probe.Cluster.Oracle.BeganAsync(job, times: 4);
        await api.EndAsync(job);
    }

    // Fault 28.
    private static async Task IgnoresItsTimeoutAsync(Probe probe)
    {
        var api = probe.Cluster.Members[0].Api;
        var job = await api.EnqueueAsync("""{"handler":"stubborn","args":{"ms":3000},"timeout":"500ms","retry":{"attempts":2,"base":"100ms","backoff":"fixed","jitter":0}}""");
        await api.EndAsync(job);
        var lines = probe.Cluster.Oracle.Of(job).OrderBy(line => line.At).Select(line => line.What).ToList();
        Assert.Equal([.. Enumerable.Repeat<string[]>(["start", "end"], lines.Count / 2).SelectMany(pair => pair)], lines);
    }

    // Fault 29.
    private static async Task NobodyHasTheHandlerAsync(Probe probe)
    {
        await probe.Cluster.Members[2].KillAsync();
        var api = probe.Cluster.Members[0].Api;
        await Poll.UntilAsync(() => api.GetAsync("/api/v1/handlers"), answer => !answer.Text.Contains("greet", StringComparison.Ordinal), "a cluster that does not know the handler any more");
        var job = await api.PostAsync("/api/v1/jobs", """{"handler":"greet","args":{"name":"Ada","times":2}}""");
        Assert.True(job.IsAccepted, job.Text);
        var waiting = await api.JobAsync(job.Id);
        Assert.Equal(("pending", "0"), (waiting["state"], waiting["attempt"]));
        Assert.Contains("handler", (await api.GetAsync($"/api/v1/explain/jobs/{job.Id}")).Text, StringComparison.OrdinalIgnoreCase);
        await probe.Cluster.Members[2].StartAsync(asAnother: true);
        var ended = await api.EndAsync(job.Id);
        Assert.Equal(("succeeded", "1"), (ended["state"], ended["attempt"]));
    }

    private static Task<long> LossesAsync(Probe probe) => probe.Cluster.FirstAsync<long>("select count(*) from journal where kind = 'attempt' and data::jsonb ->> 'state' = 'owner lost'");
}
