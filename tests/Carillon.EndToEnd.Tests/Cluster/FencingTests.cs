using System.Diagnostics;
using System.Globalization;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.Cluster;

/// <summary>Nodes that stand still, starve, or have a wrong clock: they may be slow, but nothing of theirs counts twice.</summary>
[Trait("Category", "Faults")]
public sealed class FencingTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Lease = "00:00:03";
    private const string Beat = "00:00:01";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(8);
    private readonly ClusterOfHosts _cluster = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task A_leader_that_stood_still_past_its_lease_is_fenced_when_it_wakes_and_its_handlers_are_told()
    {
        await _cluster.StartAsync(["ada"], Short);
        var job = await _cluster["ada"].Api.EnqueueAsync("""{"handler":"hold"}""");
        await _cluster.Oracle.BeganAsync(job);
        await _cluster.StartAsync(["bob"], Short);
        var api = _cluster["bob"].Api;
        await Poll.UntilAsync(() => ClusterOfHosts.LeaderAsync(api), leader => leader == "ada", "ada leads");

        var from = _cluster["ada"].Output.Count;
        _cluster["ada"].Pause();
        var pausedAt = Stopwatch.GetTimestamp();
        await Poll.UntilAsync(() => ClusterOfHosts.LeaderAsync(api), leader => leader == "bob", "bob leads");
        Print("another led", Stopwatch.GetElapsedTime(pausedAt));
        await _cluster.Oracle.BeganAsync(job, times: 2);
        var resumedAt = Stopwatch.GetTimestamp();
        _cluster["ada"].Resume();
        var told = await _cluster.Oracle.SeesAsync(lines => lines.Any(line => line.What == "stopped-ClaimLost"));
        await _cluster["ada"].SeesAsync("lost its lease", from);

        Print("after it woke its handler was told within", told.First(line => line.What == "stopped-ClaimLost").Since(resumedAt));
        Assert.InRange(told.First(line => line.What == "stopped-ClaimLost").Since(resumedAt), TimeSpan.Zero, Bound);
        await _cluster["bob"].Api.PostAsync("/gate");
        Assert.Equal("succeeded", (await api.EndAsync(job))["state"]);
        Assert.Equal("bob", await ClusterOfHosts.LeaderAsync(_cluster["ada"].Api));
        Assert.Equal(["start", "start", "stopped-ClaimLost", "end"], _cluster.Oracle.Of(job).Select(line => line.What));
    }

    // No thread of the pool is free for twice as long as the lease lasts; the heartbeat needs none.
    [Fact]
    public async Task Handlers_that_block_every_thread_of_the_pool_do_not_cost_their_node_its_lease()
    {
        await _cluster.StartAsync(["ada"], (_, start) => Short("ada", start).With("DOTNET_ThreadPool_ForceMaxWorkerThreads", "8"));
        var block = string.Join(',', Enumerable.Repeat("""{"handler":"block","args":{"ms":7000}}""", 10));
        var jobs = (await _cluster["ada"].Api.PostAsync("/api/v1/jobs/bulk", $$"""{"jobs":[{{block}}]}""")).Items.Select(item => item.GetProperty("id").GetGuid()).ToList();
        await _cluster.Oracle.SeesAsync(lines => lines.Count >= 8);
        await _cluster.StartAsync(["bob"], Short, isWatched: false);
        foreach (var job in jobs)
        {
            Assert.Equal("succeeded", (await _cluster["bob"].Api.EndAsync(job))["state"]);
        }

        Assert.InRange(_cluster.Oracle.Read().TakeWhile(line => line.What == "start").Count(), 1, 8);
        Assert.DoesNotContain("lost its lease", _cluster["ada"].Output.Text, StringComparison.Ordinal);
        Assert.All(jobs, job => Assert.Equal(["start", "end"], _cluster.Oracle.Of(job).Select(line => line.What)));
    }

    [FaketimeFact]
    public async Task An_hour_on_the_clock_of_one_machine_fires_nothing_early_or_twice_and_is_said()
    {
        var clock = new FakeClock(_cluster.PathOf("clock"));
        await _cluster.StartAsync(["ada", "bob", "eve"], (name, start) => name == "ada" ? clock.Apply(start) : start);
        (await _cluster.Api.PostAsync("/api/v1/schedules", """{"name":"second","handler":"work","every":"1s"}""")).Is(System.Net.HttpStatusCode.Created);
        await TicksAsync(3);

        foreach (var step in (TimeSpan[])[TimeSpan.FromHours(1), TimeSpan.FromHours(-2), TimeSpan.FromHours(1)])
        {
            var from = _cluster["ada"].Output.Count;
            clock.Jump(step);
            await TicksAsync(4);
            if (clock.Offset != TimeSpan.Zero)
            {
                var seconds = clock.Offset.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
                await (step > TimeSpan.Zero ? _cluster["ada"].SeesAsync($"differs from the database's by {seconds} s", from) : Task.CompletedTask);
                Assert.Equal(-clock.Offset.TotalSeconds, await OffsetAsync(), 0.5);
            }
        }

        Assert.Equal(0, await _cluster.CountAsync("select count(*) from carillon.job_done where schedule = 'second' and started_at < scheduled_at"));
        Assert.Equal(0, await _cluster.CountAsync("select count(*) from (select 1 from carillon.job_done where schedule = 'second' group by scheduled_at having count(*) > 1) t"));
        Assert.Equal(0, await _cluster.CountAsync("select count(*) from carillon.job_done where schedule = 'second' and scheduled_at > (extract(epoch from clock_timestamp()) * 10000000)::bigint"));

        // A slow machine may skip some; a jump of an hour that counted would have skipped thousands.
        Assert.InRange(await _cluster.CountAsync("select coalesce(sum((data::jsonb ->> 'count')::bigint), 0)::bigint from carillon.journal where kind = 'skipped'"), 0, 300);
        output.WriteLine(_cluster["ada"].Output.Text.Contains("lost its lease", StringComparison.Ordinal) ? _cluster["ada"].Output.Tail : "no lease was lost");
    }

    private static ServerStart Short(string name, ServerStart start) => start.With("Carillon__LeaseDuration", Lease).With("Carillon__HeartbeatInterval", Beat);

    private async Task TicksAsync(int more)
    {
        var ended = _cluster.Oracle.Read().Count(line => line.What == "end");
        await _cluster.Oracle.SeesAsync(lines => lines.Count(line => line.What == "end") >= ended + more);
    }

    private async Task<double> OffsetAsync()
    {
        var line = (await _cluster["ada"].Api.GetAsync("/metrics")).Text.Split('\n').First(text => text.StartsWith("carillon_clock_offset_seconds ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private void Print(string what, TimeSpan time) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {time.TotalMilliseconds:F0} ms"));
}
