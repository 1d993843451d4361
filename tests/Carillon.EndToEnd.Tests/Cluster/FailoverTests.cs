using System.Diagnostics;
using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.Cluster;

/// <summary>Three processes on one PostgreSQL, and one of them dies. The bounds are wide, for the machine is shared; the figures are printed.</summary>
[Trait("Category", "Faults")]
public sealed class FailoverTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(8);
    private readonly ClusterOfHosts _cluster = new();

    public Task InitializeAsync() => _cluster.StartAsync(["ada", "bob", "eve"]);

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task The_jobs_of_a_worker_that_is_killed_begin_elsewhere_at_once()
    {
        var leader = await LeaderAsync(_cluster.Api);
        var victim = ((string[])["ada", "bob", "eve"]).First(name => name != leader);

        await KillWithJobsAsync(victim);

        Assert.Equal(leader, await LeaderAsync(_cluster.Api));
    }

    [Fact]
    public async Task A_leader_that_is_killed_is_followed_at_once_and_no_tick_is_missed()
    {
        var leader = await LeaderAsync(_cluster.Api);
        (await _cluster.Api.PostAsync("/api/v1/schedules", """{"name":"second","handler":"work","every":"1s"}""")).Is(HttpStatusCode.Created);
        await _cluster.Oracle.SeesAsync(lines => lines.Count(line => line.What == "end") >= 3);
        var term = await TermAsync();

        var killedAt = await KillWithJobsAsync(leader);

        var next = await Poll.UntilAsync(() => ClusterOfHosts.LeaderAsync(_cluster.Api), name => name is not null && name != leader, "another node leads");
        Print($"{next} led within", Stopwatch.GetElapsedTime(killedAt));
        Assert.True(await TermAsync() > term);
        await CheckTicksAsync(killedAt);
    }

    // Jobs on every node, so that the one that dies has some; those begin again on the others, and all end once.
    private async Task<long> KillWithJobsAsync(string victim)
    {
        var jobs = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            jobs.Add(await _cluster[((string[])["ada", "bob", "eve"])[i % 3]].Api.EnqueueAsync("""{"handler":"hold"}"""));
        }

        await _cluster.Oracle.SeesAsync(lines => jobs.TrueForAll(job => lines.Any(line => line.Job == job)));
        var running = new List<Guid>();
        foreach (var job in jobs)
        {
            if ((await _cluster.Api.JobAsync(job))["node"] == victim)
            {
                running.Add(job);
            }
        }

        var killedAt = Stopwatch.GetTimestamp();
        await _cluster.KillAsync(victim);
        var lines = await _cluster.Oracle.SeesAsync(all => running.TrueForAll(job => all.Count(line => line.Job == job && line.What == "start") == 2));
        await EndAllAsync(jobs);

        output.WriteLine($"{running.Count} of {jobs.Count} jobs ran on {victim}");
        var waits = running.ConvertAll(job => lines.Last(line => line.Job == job && line.What == "start").Since(killedAt));
        waits.ForEach(wait => Assert.InRange(wait, TimeSpan.Zero, Bound));
        Print("the last of them had begun elsewhere within", waits.DefaultIfEmpty().Max());
        return killedAt;
    }

    private async Task EndAllAsync(List<Guid> jobs)
    {
        foreach (var name in ((string[])["ada", "bob", "eve"]).Where(_cluster.Has))
        {
            await _cluster[name].Api.PostAsync("/gate");
        }

        foreach (var job in jobs)
        {
            Assert.Equal("succeeded", (await _cluster.Api.EndAsync(job))["state"]);
            Assert.Single(_cluster.Oracle.Of(job), line => line.What == "end");
        }
    }

    private async Task CheckTicksAsync(long killedAt)
    {
        await _cluster.Oracle.SeesAsync(lines => lines.Count(line => line.What == "start" && line.Since(killedAt) > TimeSpan.FromSeconds(4)) >= 2);
        await _cluster.Api.PostAsync("/api/v1/schedules/second/pause", """{"reason":"the test ends"}""");
        Assert.Equal(0, await _cluster.CountAsync("select count(*) from (select 1 from carillon.job_done where schedule = 'second' group by scheduled_at having count(*) > 1) t"));
        var (ticks, instants) = (
            await _cluster.CountAsync("select count(*) from (select scheduled_at from carillon.job where schedule = 'second' union select scheduled_at from carillon.job_done where schedule = 'second') t"),
            await _cluster.CountAsync("select (max(t.scheduled_at) - min(t.scheduled_at)) / 10000000 + 1 from (select scheduled_at from carillon.job where schedule = 'second' union select scheduled_at from carillon.job_done where schedule = 'second') t"));
        var skipped = await _cluster.CountAsync("select coalesce(sum((data::jsonb ->> 'count')::bigint), 0)::bigint from carillon.journal where kind = 'skipped' and subject = 'second'");
        Assert.Equal(instants, ticks + skipped);
        var late = await _cluster.CountAsync("select max(started_at - scheduled_at) / 10000 from carillon.job_done where schedule = 'second'");
        output.WriteLine($"{ticks} ticks of {instants}, {skipped} skipped because the machine was too slow; the latest began {late} ms after its instant");
        Assert.InRange(late, 0, (long)Bound.TotalMilliseconds);
    }

    private Task<long> TermAsync() => _cluster.CountAsync("select max(term) from carillon.scheduler_leader");

    private static Task<string> LeaderAsync(Api api) => Poll.UntilAsync(async () => await ClusterOfHosts.LeaderAsync(api) ?? "", name => name.Length > 0, "a node leads");

    private void Print(string what, TimeSpan time) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {time.TotalMilliseconds:F0} ms"));
}
