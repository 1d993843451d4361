using Carillon.Store;

namespace Carillon.Tests.Engine;

public sealed class JanitorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task On_a_store_of_its_own_it_comes_back_once_an_hour()
    {
        var rig = new EngineRig();

        var next = await TurnAsync(rig);

        Assert.Equal(rig.Now.AddHours(1), next);
    }

    [Fact]
    public async Task Woken_early_it_does_not_purge_again_within_the_hour()
    {
        var rig = new EngineRig();
        await TurnAsync(rig);
        for (var minute = 1; minute < 60; minute++)
        {
            rig.Clock.Advance(TimeSpan.FromMinutes(1));
            await TurnAsync(rig);
        }

        var within = rig.Spy.Count("PurgeAsync");
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await TurnAsync(rig);

        Assert.Equal((1, 2), (within, rig.Spy.Count("PurgeAsync")));
    }

    [Fact]
    public async Task On_a_shared_store_it_looks_for_lost_nodes_each_second_and_still_purges_hourly()
    {
        var rig = new EngineRig();
        rig.Spy.IsShared = true;
        var next = await TurnAsync(rig);
        rig.Clock.Advance(Second);
        await TurnAsync(rig);

        Assert.Equal(rig.Now, next);
        Assert.Equal((2, 1), (rig.Spy.Count("ReclaimAsync"), rig.Spy.Count("PurgeAsync")));
    }

    [Fact]
    public async Task Claims_of_a_lost_node_run_again_and_the_third_loss_is_poison()
    {
        var rig = new EngineRig();
        rig.HoldWork();
        var id = await rig.EnqueueAsync();
        var states = new List<(JobState, int, int)>();
        for (var loss = 0; loss < 3; loss++)
        {
            await rig.BeatAsync();
            await rig.ClaimAsync();
            rig.Clock.Advance(TimeSpan.FromSeconds(15));
            await TurnAsync(rig);
            var job = await rig.JobAsync(id);
            states.Add((job.State, job.Attempt, job.OwnerLosses));
        }

        Assert.Equal([(JobState.Pending, 0, 1), (JobState.Pending, 0, 2), (JobState.Dead, 0, 3)], states);
        Assert.Equal("poison", (await rig.JobAsync(id)).Reason);
    }

    [Fact]
    public async Task A_job_that_can_expire_is_cancelled_on_its_instant()
    {
        var rig = new EngineRig();
        await TurnAsync(rig);
        var id = await rig.EnqueueAsync(job => job with { RunAt = rig.Now.AddHours(2), ExpiresAt = rig.Now.AddMinutes(10) });
        var woken = rig.Pulses.Contains("janitor");
        var next = await TurnAsync(rig);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        await TurnAsync(rig);

        var job = await rig.JobAsync(id);
        Assert.True(woken);
        Assert.Equal(rig.Now, next);
        Assert.Equal((JobState.Cancelled, "expired"), (job.State, job.Reason));
    }

    [Fact]
    public async Task What_is_past_its_retention_is_removed_in_as_many_turns_as_it_takes()
    {
        var rig = new EngineRig();
        for (var i = 0; i < 1_500; i++)
        {
            await rig.EnqueueAsync();
        }

        await rig.BeatAsync();
        for (var i = 0; i < 20; i++)
        {
            await rig.ClaimAsync();
            await rig.FinishAsync();
        }

        rig.Clock.Advance(TimeSpan.FromDays(7));
        var next = await TurnAsync(rig);
        await TurnAsync(rig);

        Assert.Equal(rig.Now, next);
        Assert.Empty(await rig.Memory.ListAsync(new JobQuery(), EngineRig.Stop));
    }

    private static Task<DateTimeOffset?> TurnAsync(EngineRig rig) => rig.Node.Janitor.RunOnceAsync(EngineRig.Stop);
}
