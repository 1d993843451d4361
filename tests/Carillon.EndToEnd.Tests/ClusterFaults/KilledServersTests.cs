using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Carillon.Store;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// Three <c>carillon serve</c> as they are shipped share the load, and one after the other is killed with <c>kill -9</c>, the leader too. Their
/// jobs call an HTTP address, and whoever answers there counts.
/// </summary>
[Collection(OtherFaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class KilledServersTests(FaultPostgres postgres, ITestOutputHelper output)
{
    private const string NodesSql = "select node, count(*) from job_done group by node";

    [Fact]
    public async Task Servers_share_the_load_and_whichever_is_killed_nothing_is_lost_or_doubled()
    {
        await using var receiver = Receiver.Start();
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory.PathOf("carillon.yaml"), $"http: {{allow: [\"{receiver.Host}\"]}}\n");
        var settings = new ClusterSettings
        {
            Schedules = 5,
            Start = (store, _, more) => ServerStart.Serve(store, ["--config", directory.PathOf("carillon.yaml"), .. more]),
            Handler = "http",
            ArgsOf = ms => string.Create(CultureInfo.InvariantCulture, $$"""{"method":"POST","url":"http://{{receiver.Host}}/?ms={{ms}}"}"""),
        };
        await using var probe = await Probe.StartAsync(postgres.Server, settings, output);
        List<Death> deaths = [];
        var repeats = FaultRun.Pick(4, 20);
        for (var i = 0; i < repeats; i++)
        {
            var leader = await probe.Cluster.SomeLeaderAsync();
            var victim = i % 2 == 0 ? leader : probe.Cluster.Members.First(member => member != leader);
            deaths.Add(await Death.OfAsync(probe.Cluster, victim, wasLeader: victim == leader));
            await probe.PauseAsync(200, 1_000);
            await victim.StartAsync();
            await probe.PauseAsync(500, 1_500);
        }

        await probe.ComeToRestAsync();

        // The server's own schedule calls nobody.
        var jobs = (await ClusterView.JobsAsync(probe.Cluster.Database)).FindAll(job => job.Schedule != "system_heartbeat");
        var shares = await ClusterView.ListAsync(probe.Cluster.Database, NodesSql, row => (Node: row.GetString(0), Jobs: row.GetInt64(1)));
        var violations = Violations(jobs, probe.Load.Accepted, receiver.Done).Concat(Instants(jobs, await probe.TimetablesAsync())).ToList();
        var healing = new Healing([], deaths);
        FaultRun.Report(
            output, new Fault("1a", "three `carillon serve`, `kill -9` of one after the other, each second time of the leader", repeats), new Verdict(jobs.Count + probe.Load.Accepted.Count, violations, []), probe.Seed,
            $"{string.Join(", ", shares.OrderBy(share => share.Node, StringComparer.Ordinal).Select(share => string.Create(CultureInfo.InvariantCulture, $"{share.Jobs:N0} jobs on {share.Node}")))}; {healing}");
        Assert.Empty(violations);
        Assert.Equal(3, shares.Count);
        Assert.Empty(probe.Load.Strange);
        healing.Check();
    }

    private static IEnumerable<Violation> Violations(List<FinalJob> jobs, IReadOnlyCollection<Guid> accepted, IReadOnlyDictionary<Guid, int> done)
    {
        foreach (var lost in accepted.Except(jobs.Select(job => job.Id)))
        {
            yield return new Violation(Wrong.Lost, $"job {lost} was accepted and is gone");
        }

        foreach (var job in jobs)
        {
            var times = done.GetValueOrDefault(job.Id);
            if (job.State != JobState.Succeeded)
            {
                yield return new Violation(Wrong.Unfinished, $"job {job.Id} is {job.State} ({job.Reason})");
            }
            else if (times == 0)
            {
                yield return new Violation(Wrong.NotDone, $"job {job.Id} succeeded, and was not done");
            }

            if (times > 1 + job.Losses)
            {
                yield return new Violation(Wrong.Doubled, $"job {job.Id} was done {times} times, and lost its node {job.Losses} times");
            }
        }
    }

    private static IEnumerable<Violation> Instants(List<FinalJob> jobs, IReadOnlyList<Timetable> timetables)
    {
        var made = jobs.Where(job => job.Schedule.Length > 0).ToLookup(job => (job.Schedule, job.ScheduledAt));
        return from timetable in timetables
               from instant in timetable.Instants
               let count = made[(timetable.Schedule, instant)].Count()
               where count != 1 && !timetable.IsSkipped(instant)
               select new Violation(count == 0 ? Wrong.Missed : Wrong.Repeated, $"{timetable.Schedule} made {count} jobs for {instant:O}");
    }
}
