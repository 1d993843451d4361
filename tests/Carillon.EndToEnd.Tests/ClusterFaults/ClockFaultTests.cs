using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Faults 19 and 21: the machines' clocks jump, and disagree. The database's clock is the cluster's.</summary>
[Collection(OtherFaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class ClockFaultTests(FaultPostgres postgres, ITestOutputHelper output)
{
    // Timed waits do not wait under libfaketime, so its processes are always busy.
    private static readonly Bounds Usual = new(TimeSpan.FromSeconds(60)) { EarliestStart = TimeSpan.FromSeconds(1) };

    [FaketimeFact]
    public async Task An_hour_forward_and_back_on_one_node_of_three_fires_nothing_early_late_or_twice()
    {
        using var directory = new TestDirectory();
        var clock = new FakeClock(directory.PathOf("clock"));
        await using var probe = await Probe.StartAsync(postgres.Server, WithClocks(clock, null, null), output);
        var terms = await probe.Cluster.FirstAsync<long>("select max(token) from lease where name like 'node/%'");
        for (var i = 0; i < FaultRun.Pick(1, 20); i++)
        {
            clock.Jump(TimeSpan.FromHours(1));
            await probe.PauseAsync(2_000, 3_000);
            clock.Jump(TimeSpan.FromHours(-2));
            await probe.PauseAsync(2_000, 3_000);
            clock.Jump(TimeSpan.FromHours(1));
            await probe.PauseAsync(500, 1_000);
        }

        Assert.Equal(terms, await probe.Cluster.FirstAsync<long>("select max(token) from lease where name like 'node/%'"));
        Assert.Contains("clock", probe.Cluster.Members[0].Server.Output.Text, StringComparison.Ordinal);
        await probe.CheckAsync(new Fault("19", "one node's clock jumps an hour forward, two back, one forward", FaultRun.Pick(1, 20)), Usual);
    }

    [FaketimeFact]
    public async Task Clocks_that_disagree_by_ten_seconds_fire_nothing_early_late_or_twice()
    {
        using var directory = new TestDirectory();
        var (ahead, behind) = (new FakeClock(directory.PathOf("ahead")), new FakeClock(directory.PathOf("behind")));
        ahead.Jump(TimeSpan.FromSeconds(5));
        behind.Jump(TimeSpan.FromSeconds(-5));
        await using var probe = await Probe.StartAsync(postgres.Server, WithClocks(ahead, behind, null), output);
        await Probe.PauseAsync(TimeSpan.FromSeconds(FaultRun.Pick(5, 60)));
        List<double> offsets = [];
        foreach (var member in probe.Cluster.Members)
        {
            offsets.Add(await OffsetAsync(member.Api));
        }

        await probe.CheckAsync(
            new Fault("21", "the nodes' clocks are 5 s ahead, 5 s behind, right", 1), Usual,
            string.Create(CultureInfo.InvariantCulture, $"they measure {offsets[0]:F3} s, {offsets[1]:F3} s, {offsets[2]:F3} s"));
        Assert.Equal([5, 5, 0], offsets.Select(offset => Math.Round(Math.Abs(offset))));
        Assert.NotEqual(double.Sign(offsets[0]), double.Sign(offsets[1]));
    }

    private static ClusterSettings WithClocks(params FakeClock?[] clocks) => new() { JobsPerSecond = 20, Schedules = 10, ClockOf = place => clocks[place] };

    private static async Task<double> OffsetAsync(Api api)
    {
        const string name = "carillon_clock_offset_seconds ";
        var line = (await api.GetAsync("/metrics")).Text.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }
}
