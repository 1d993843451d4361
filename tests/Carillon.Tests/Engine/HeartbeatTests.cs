using Carillon.Cluster;
using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Tests.Engine;

public sealed class HeartbeatTests
{
    [Fact]
    public async Task The_first_beat_takes_the_lease_and_wakes_worker_and_janitor()
    {
        var rig = new EngineRig();

        var next = await rig.BeatAsync();

        Assert.True(rig.Node.Lease.IsHeld);
        Assert.Equal(rig.Now.AddSeconds(1), next);
        Assert.Equal(["janitor", "worker"], rig.Pulses.Order());
    }

    [Fact]
    public async Task Between_beats_it_costs_no_call()
    {
        var rig = new EngineRig();
        await rig.BeatAsync();
        for (var second = 1; second < 5; second++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.BeatAsync();
        }

        var between = rig.Spy.Count("RenewAsync");
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.BeatAsync();

        Assert.Equal(0, between);
        Assert.Equal(2, rig.Spy.Count("RenewAsync"));
    }

    [Fact]
    public async Task A_short_interval_is_kept()
    {
        var rig = new EngineRig(new EngineOptions { Node = "rig", LeaseDuration = TimeSpan.FromMilliseconds(900), HeartbeatInterval = TimeSpan.FromMilliseconds(300) });

        var next = await rig.BeatAsync();

        Assert.Equal(rig.Now.AddMilliseconds(300), next);
    }

    [Fact]
    public async Task A_cancellation_reaches_the_handler_at_once()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.Pulses.Clear();

        await rig.CancelAsync(id);
        await rig.BeatAsync();
        await rig.FinishAsync();

        var job = await rig.JobAsync(id);
        Assert.Contains("heartbeat", rig.Pulses);
        Assert.Equal(StopCause.Cancelled, gate.Context!.StopCause);
        Assert.Equal((JobState.Cancelled, "user"), (job.State, job.Reason));
    }

    [Fact]
    public async Task A_cancellation_whose_beat_failed_is_brought_by_the_next_within_a_second()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        await rig.CancelAsync(id);
        rig.Spy.Fail("RenewAsync");
        var next = await rig.BeatAsync();
        rig.Spy.Heal("RenewAsync");
        rig.Clock.Advance(next!.Value - rig.Now);

        await rig.BeatAsync();

        Assert.Equal(StopCause.Cancelled, gate.Context!.StopCause);
        Assert.Equal(1, rig.Logs.Count(1030));
    }

    [Fact]
    public async Task While_beats_fail_it_says_so_at_once_and_then_once_a_minute()
    {
        var rig = new EngineRig();
        rig.Spy.Fail("AcquireAsync");

        for (var second = 0; second < 150; second++)
        {
            await rig.BeatAsync();
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, rig.Logs.Count(1030));
    }

    [Fact]
    public async Task A_lease_that_could_not_be_renewed_in_time_stops_the_handlers_and_writes_nothing()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.Spy.Fail("RenewAsync");
        rig.Spy.Fail("AcquireAsync");
        for (var second = 0; second < 15; second++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.BeatAsync();
        }

        Assert.Equal(StopCause.ClaimLost, gate.Context!.StopCause);
        Assert.Equal((0, 0), (rig.Node.Running.Count, rig.Node.Finishes.Open));
        Assert.Equal(JobState.Running, (await rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task Jobs_of_a_lost_lease_run_again_under_the_new_one_and_burn_no_attempt()
    {
        var rig = new EngineRig();
        rig.HoldWork();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(15));
        await rig.BeatAsync();
        rig.Work = static _ => Task.FromResult<Outcome?>(null);

        await rig.Node.Janitor.RunOnceAsync(EngineRig.Stop);
        var losses = (await rig.JobAsync(id)).OwnerLosses;
        await rig.RunAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal((JobState.Succeeded, 1, 1), (job.State, job.Attempt, losses));
    }

    [Fact]
    public async Task A_handler_that_ignores_the_loss_of_its_claim_changes_nothing_any_more()
    {
        var rig = new EngineRig();
        var zombie = rig.HoldWork(isStoppable: false);
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(15));
        await rig.BeatAsync();
        await rig.Node.Janitor.RunOnceAsync(EngineRig.Stop);
        var heir = rig.HoldWork();
        await rig.ClaimAsync();

        zombie.Open();
        await rig.FinishAsync();
        var before = await rig.JobAsync(id);
        heir.Open();
        await rig.FinishAsync();

        Assert.Equal((JobState.Running, 2L), (before.State, before.Token));
        Assert.Equal(JobState.Succeeded, (await rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task A_step_of_the_clock_moves_delays_and_leases_along()
    {
        var rig = new EngineRig();
        var delayed = await rig.EnqueueAsync(job => job with { RunAt = rig.Now.AddMinutes(10), IsDelayed = true });
        var named = await rig.EnqueueAsync(job => job with { RunAt = rig.Now.AddMinutes(10) });
        var noon = rig.Now;
        await rig.BeatAsync();

        rig.Clock.Step(TimeSpan.FromHours(1));
        await rig.BeatAsync();

        Assert.Equal((noon.AddMinutes(70), noon.AddMinutes(10)), ((await rig.JobAsync(delayed)).RunAt, (await rig.JobAsync(named)).RunAt));
        Assert.True(rig.Node.Lease.IsHeld);
        Assert.Contains("clock", rig.Pulses);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_job_made_while_a_step_is_followed_does_not_wait_for_the_length_of_it(int hours)
    {
        var rig = new EngineRig();
        await rig.BeatAsync();
        var made = Guid.Empty;
        rig.Spy.Hold("ShiftDelaysAsync", async () => made = await rig.EnqueueAsync(job => job with { RunAt = rig.ClusterNow, IsDelayed = true }));

        rig.Clock.Step(TimeSpan.FromHours(hours));
        await rig.BeatAsync();

        Assert.InRange((await rig.JobAsync(made)).RunAt, DateTimeOffset.MinValue, rig.ClusterNow);
    }

    [Fact]
    public async Task A_step_that_the_store_did_not_hear_is_told_again()
    {
        var rig = new EngineRig();
        var noon = rig.Now;
        var delayed = await rig.EnqueueAsync(job => job with { RunAt = rig.Now.AddMinutes(10), IsDelayed = true });
        await rig.BeatAsync();
        rig.Spy.Fail("ShiftDelaysAsync");
        rig.Clock.Step(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(rig.BeatAsync);
        rig.Spy.Heal("ShiftDelaysAsync");

        await rig.BeatAsync();

        Assert.Equal(noon.AddMinutes(70), (await rig.JobAsync(delayed)).RunAt);
    }

    [Fact]
    public async Task Progress_is_brought_within_a_second_and_only_when_it_changed()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();

        gate.Context!.ReportProgress(40);
        await rig.BeatAsync();
        await rig.BeatAsync();

        Assert.Equal(40, (await rig.JobAsync(id)).Progress);
        Assert.Equal(1, rig.Spy.Count("ReportAsync"));
    }

    [Fact]
    public async Task Progress_that_cannot_be_brought_costs_no_beat_and_is_brought_later()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        gate.Context!.ReportProgress(40);
        rig.Spy.Fail("ReportAsync");
        for (var second = 0; second < 20; second++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.BeatAsync();
        }

        rig.Spy.Heal("ReportAsync");
        await rig.BeatAsync();

        Assert.True(rig.Node.Lease.IsHeld);
        Assert.Equal(40, (await rig.JobAsync(id)).Progress);
    }

    [Fact]
    public async Task Lines_of_a_running_job_are_brought_with_the_beat_and_none_is_lost_when_that_fails()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        Say(gate, "one");
        rig.Spy.Fail("AppendAsync");
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        await rig.BeatAsync();
        rig.Spy.Heal("AppendAsync");
        Say(gate, "two");
        rig.Clock.Advance(TimeSpan.FromSeconds(5));

        await rig.BeatAsync();

        var entry = Assert.Single(await rig.JournalAsync(id, JournalKinds.Log));
        Assert.Contains("one", entry.Data, StringComparison.Ordinal);
        Assert.Contains("two", entry.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_fires_no_schedules_does_not_lead()
    {
        var rig = new EngineRig(new EngineOptions { Node = "rig", Roles = NodeRoles.Worker | NodeRoles.Api });

        await rig.BeatAsync();

        Assert.True(rig.Node.Lease.IsHeld);
        Assert.False(rig.Node.Leadership.IsLeader);
    }

#pragma warning disable CA2254 // what is logged is the test's own text
    private static void Say(Gate gate, string line) => Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(gate.Context!.Logger, line);
#pragma warning restore CA2254
}
