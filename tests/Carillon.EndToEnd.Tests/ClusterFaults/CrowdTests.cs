using System.Diagnostics;
using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Faults 24 and 25: very many jobs, and very many schedules, for one instant.</summary>
[Collection(OtherFaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class CrowdTests(FaultPostgres postgres, ITestOutputHelper output)
{
    private const int Bundle = 1_000;
    private const long MegaByte = 1024 * 1024;

    [Fact]
    public async Task Very_many_jobs_for_one_instant_all_run_and_keep_nobody_else_from_starting()
    {
        var count = FaultRun.Pick(10_000, 100_000);
        await using var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings { JobsPerSecond = 20, Schedules = 4 }, output);
        var memory = probe.Cluster.Members.Select(member => member.Server.Memory).ToList();
        var at = TimeProvider.System.GetUtcNow().AddSeconds(FaultRun.Pick(4, 30));
        var bulk = string.Join(',', Enumerable.Repeat($$"""{"handler":"work","queue":"crowd","runAt":"{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}"}""", Bundle));
        for (var i = 0; i < count / Bundle; i++)
        {
            (await probe.Cluster.Members[i % 3].Api.PostAsync("/api/v1/jobs/bulk", $"[{bulk}]")).Is(HttpStatusCode.Created);
        }

        await probe.Cluster.Oracle.SeesAsync(lines => lines.Count > count / 10);
        var (slowest, longest) = (await AnswersAsync(probe), await OtherQueueAsync(probe));
        var growth = probe.Cluster.Members.Zip(memory, (member, before) => member.Server.Memory - before).Max() / MegaByte;
        var finished = await UntilFinishedAsync(probe, at);
        await probe.CheckAsync(
            new Fault("24", string.Create(CultureInfo.InvariantCulture, $"{count:N0} jobs due at one instant"), 1), new Bounds(TimeSpan.FromSeconds(60)),
            string.Create(CultureInfo.InvariantCulture, $"all ended {finished.TotalSeconds:F1} s after it; API answers within {slowest.TotalMilliseconds:F0} ms, another queue's job began after {longest.TotalMilliseconds:F0} ms, memory +{growth} MB"));
        Assert.True(longest <= TimeSpan.FromSeconds(5), $"a job of another queue began {longest} after it was accepted");
        Assert.True(growth < 150, $"a node grew by {growth} MB");
    }

    [Fact]
    public async Task Very_many_schedules_for_one_instant_make_one_job_each()
    {
        var count = FaultRun.Pick(1_000, 10_000);
        await using var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings { JobsPerSecond = 20, Schedules = 4 }, output);
        var at = TimeProvider.System.GetUtcNow().AddSeconds(FaultRun.Pick(20, 90));
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var body = string.Create(CultureInfo.InvariantCulture, $$"""{"name":"crowd-{{i}}","handler":"work","at":"{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}"}""");
            (await probe.Cluster.Members[i % 3].Api.PostAsync("/api/v1/schedules", body)).Is(HttpStatusCode.Created);
        });

        const string crowd = "select count(*) from (select schedule from job union all select schedule from job_done) j where schedule like 'crowd-%'";
        await Poll.UntilAsync(() => probe.Cluster.FirstAsync<long>(crowd), made => made >= count, "a job of each schedule");
        var made = TimeProvider.System.GetUtcNow() - at;
        await probe.CheckAsync(
            new Fault("25", string.Create(CultureInfo.InvariantCulture, $"{count:N0} schedules for one instant"), 1), new Bounds(TimeSpan.FromSeconds(60)),
            string.Create(CultureInfo.InvariantCulture, $"all their jobs made {made.TotalSeconds:F1} s after it"));
        Assert.Equal(count, await probe.Cluster.FirstAsync<long>(crowd));
    }

    private static async Task<TimeSpan> AnswersAsync(Probe probe)
    {
        List<TimeSpan> waits = [];
        for (var i = 0; i < 100; i++)
        {
            var since = Stopwatch.GetTimestamp();
            (await probe.Cluster.Members[i % 3].Api.GetAsync("/api/v1/jobs?limit=20")).Is(HttpStatusCode.OK);
            waits.Add(Stopwatch.GetElapsedTime(since));
        }

        return waits.Order().ElementAt(98);
    }

    private static async Task<TimeSpan> OtherQueueAsync(Probe probe)
    {
        var since = Stopwatch.GetTimestamp();
        var job = await probe.Cluster.Members[0].Api.EnqueueAsync("""{"handler":"work","queue":"other"}""");
        await probe.Cluster.Oracle.BeganAsync(job);
        return probe.Cluster.Oracle.Of(job)[0].Since(since);
    }

    private static async Task<TimeSpan> UntilFinishedAsync(Probe probe, DateTimeOffset at)
    {
        await Poll.UntilAsync(() => probe.Cluster.FirstAsync<bool>("select not exists (select 1 from job where queue = 'crowd')"), isOver => isOver, "the end of the crowd");
        return TimeProvider.System.GetUtcNow() - at;
    }
}
