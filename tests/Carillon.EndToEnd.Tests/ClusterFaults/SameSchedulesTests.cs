using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Four processes and the same schedules, twenty instants a second: one job for each schedule and instant.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class SameSchedulesTests(FaultPostgres postgres, ITestOutputHelper output)
{
    [Fact]
    public async Task Four_processes_make_one_job_for_each_schedule_and_instant()
    {
        var length = TimeSpan.FromSeconds(FaultRun.Pick(8, 600));
        await using var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings { Nodes = 4, Schedules = 24, JobsPerSecond = 20 }, output);
        await Probe.PauseAsync(length);
        await probe.CheckAsync(new Fault("—", string.Create(CultureInfo.InvariantCulture, $"none: four processes, the same schedules, {length.TotalSeconds:F0} s"), 1), new Bounds(TimeSpan.FromSeconds(45)));
    }
}
