using Carillon.Engine;
using Carillon.Store;

namespace Carillon.Tests.Engine;

/// <summary>What is claimed before a slot is free, and what is not.</summary>
public sealed class WorkerAheadTests
{
    private static readonly EngineOptions TwoSlots = new() { Node = "rig", MaxConcurrentJobs = 2 };

    [Fact]
    public async Task A_job_whose_node_was_lost_is_never_claimed_ahead_and_begins_when_a_slot_is_free()
    {
        var rig = new EngineRig(TwoSlots);
        var gate = await FillSlotsAheadAsync(rig);
        var suspect = await LoseOnceAsync(rig);
        var behind = await rig.EnqueueAsync();

        var next = await rig.ClaimAsync();
        var states = ((await rig.JobAsync(suspect)).State, (await rig.JobAsync(behind)).State);
        rig.Pulses.Clear();
        rig.Work = static _ => Task.FromResult<Outcome?>(null);
        gate.Open();
        var pulses = rig.Pulses.Count(pulse => pulse == "worker");
        await rig.ClaimAsync();
        await rig.ClaimAsync();
        await rig.FinishAsync();

        Assert.Null(next);
        Assert.Equal((JobState.Pending, JobState.Pending), states);
        Assert.True(pulses > 0);
        Assert.Equal((JobState.Succeeded, JobState.Succeeded), ((await rig.JobAsync(suspect)).State, (await rig.JobAsync(behind)).State));
    }

    [Fact]
    public async Task While_a_job_waits_for_a_slot_of_its_own_the_store_is_not_asked_again()
    {
        var rig = new EngineRig(TwoSlots);
        var gate = await FillSlotsAheadAsync(rig);
        await LoseOnceAsync(rig);
        await rig.ClaimAsync();
        var claims = rig.Spy.Count("ClaimAsync");

        await rig.ClaimAsync();
        await rig.ClaimAsync();

        Assert.Equal(claims, rig.Spy.Count("ClaimAsync"));
        gate.Open();
    }

    [Fact]
    public async Task Ordinary_jobs_are_claimed_ahead()
    {
        var rig = new EngineRig(TwoSlots);
        var gate = await FillSlotsAheadAsync(rig);
        var ahead = await rig.EnqueueAsync();

        await rig.ClaimAsync();

        Assert.Equal((JobState.Running, 1), ((await rig.JobAsync(ahead)).State, rig.Node.Worker.Ahead));
        gate.Open();
    }

    /// <summary>Slots that end so many jobs that further ones are claimed ahead, and then all hold one.</summary>
    private static async Task<Gate> FillSlotsAheadAsync(EngineRig rig)
    {
        await rig.BeatAsync();
        for (var i = 0; i < 20; i++)
        {
            await rig.EnqueueAsync();
            await rig.ClaimAsync();
        }

        await rig.FinishAsync();
        rig.Clock.Advance(TimeSpan.FromMilliseconds(10));
        var gate = rig.HoldWork();
        await rig.EnqueueAsync();
        await rig.EnqueueAsync();
        await rig.ClaimAsync();
        return gate;
    }

    /// <summary>A job whose node was lost once.</summary>
    private static async Task<Guid> LoseOnceAsync(EngineRig rig)
    {
        var id = await rig.EnqueueAsync();
        var lease = await rig.Memory.AcquireAsync("node/lost", "lost", TimeSpan.FromMinutes(1), "{}", rig.Now, EngineRig.Stop);
        var request = new ClaimRequest { Node = "lost", NodeToken = lease!.Token, Limit = 1, Handlers = new Dictionary<string, int?> { ["work"] = null } };
        await rig.Memory.ClaimAsync(request, rig.Now, EngineRig.Stop);
        await rig.Memory.ReleaseAsync("node/lost", lease.Token, EngineRig.Stop);
        await rig.Memory.ReclaimAsync(rig.Now, EngineRig.Stop);
        return id;
    }
}
