using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Tests.Engine;

public sealed class WorkerTests
{
    private static readonly EngineOptions TwoSlots = new() { Node = "rig", MaxConcurrentJobs = 2 };

    [Fact]
    public async Task It_runs_what_is_due_and_says_when_the_next_one_is()
    {
        var rig = new EngineRig();
        var now = await rig.EnqueueAsync();
        await rig.EnqueueAsync(job => job with { RunAt = rig.Now.AddMinutes(5) });
        await rig.BeatAsync();

        var next = await rig.ClaimAsync();
        await rig.FinishAsync();

        Assert.Equal(rig.Now.AddMinutes(5), next);
        Assert.Equal(JobState.Succeeded, (await rig.JobAsync(now)).State);
    }

    [Fact]
    public async Task Without_the_lease_of_its_node_it_asks_for_nothing()
    {
        var rig = new EngineRig();
        await rig.EnqueueAsync();

        var next = await rig.ClaimAsync();

        Assert.Null(next);
        Assert.Equal(0, rig.Spy.Count("ClaimAsync"));
    }

    [Fact]
    public async Task It_runs_no_more_at_once_than_it_has_slots_and_is_woken_when_one_is_free()
    {
        var rig = new EngineRig(TwoSlots);
        var gate = rig.HoldWork();
        for (var i = 0; i < 3; i++)
        {
            await rig.EnqueueAsync();
        }

        await rig.BeatAsync();
        await rig.ClaimAsync();
        await rig.ClaimAsync();
        var running = (await rig.Memory.ListAsync(new JobQuery { Filter = new JobFilter { States = [JobState.Running] } }, EngineRig.Stop)).Count;
        rig.Pulses.Clear();
        rig.Work = static _ => Task.FromResult<Outcome?>(null);
        gate.Open();

        Assert.Equal(2, running);
        Assert.Contains("worker", rig.Pulses);
    }

    [Fact]
    public async Task While_slots_are_free_the_end_of_an_attempt_wakes_nobody()
    {
        var rig = new EngineRig(TwoSlots);
        var gate = rig.HoldWork();
        await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.Pulses.Clear();

        gate.Open();

        Assert.DoesNotContain("worker", rig.Pulses);
    }

    [Fact]
    public async Task Once_draining_it_claims_nothing_more()
    {
        var rig = new EngineRig();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();

        await rig.Node.Worker.DrainAsync(EngineRig.Stop);
        await rig.ClaimAsync();

        Assert.Equal(JobState.Pending, (await rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task A_claim_that_is_under_way_when_draining_begins_is_waited_for()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        await rig.EnqueueAsync();
        await rig.BeatAsync();
        var answer = new TaskCompletionSource();
        rig.Spy.Hold("ClaimAsync", answer.Task);
        var claim = rig.ClaimAsync();

        var drained = rig.Node.Worker.DrainAsync(EngineRig.Stop);
        var wasDrainedBefore = drained.IsCompleted;
        answer.SetResult();
        await drained;

        Assert.False(wasDrainedBefore);
        Assert.True(claim.IsCompleted);
        Assert.Equal(1, rig.Node.Running.Count);
        gate.Open();
    }

    [Fact]
    public async Task A_claim_that_fails_while_draining_does_not_fail_the_drain()
    {
        var rig = new EngineRig();
        await rig.BeatAsync();
        rig.Spy.Fail("ClaimAsync");
        var claim = rig.ClaimAsync();

        await rig.Node.Worker.DrainAsync(EngineRig.Stop);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => claim);
    }

    [Fact]
    public async Task A_node_that_the_store_has_given_up_stops_its_jobs()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        await rig.Memory.AcquireAsync("node/rig", "rig", TimeSpan.FromMinutes(1), "{}", rig.Now, EngineRig.Stop);

        await rig.ClaimAsync();

        Assert.False(rig.Node.Lease.IsHeld);
        Assert.Equal(StopCause.ClaimLost, gate.Context!.StopCause);
        Assert.Equal(0, rig.Node.Finishes.Open);
    }

    [Fact]
    public async Task Jobs_of_a_claim_whose_answer_was_lost_are_given_back_and_run()
    {
        var rig = new EngineRig();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        rig.Spy.LoseReply("ClaimAsync");
        await Assert.ThrowsAsync<StoreUnavailableException>(rig.ClaimAsync);
        rig.Spy.Heal("ClaimAsync");

        await rig.ClaimAsync();
        await rig.FinishAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal((JobState.Succeeded, 1, 0, 2L), (job.State, job.Attempt, job.OwnerLosses, job.Token));
    }

    [Fact]
    public async Task Giving_back_spares_what_runs_and_what_waits_to_be_written()
    {
        var rig = new EngineRig();
        var ended = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.HoldWork();
        var running = await rig.EnqueueAsync();
        await rig.ClaimAsync();
        rig.Spy.Fail("ClaimAsync");
        await Assert.ThrowsAsync<StoreUnavailableException>(rig.ClaimAsync);
        rig.Spy.Heal("ClaimAsync");

        await rig.ClaimAsync();

        Assert.Equal((1L, 1L), ((await rig.JobAsync(ended)).Token, (await rig.JobAsync(running)).Token));
        Assert.Equal((1, 1), (rig.Node.Finishes.Open, rig.Node.Running.Count));
    }

    [Fact]
    public async Task When_too_many_ends_wait_to_be_written_it_claims_no_more_and_is_woken_once_they_are()
    {
        var rig = new EngineRig(new EngineOptions { Node = "rig", MaxConcurrentJobs = 3_000, ClaimBatch = 3_000 });
        for (var i = 0; i < 2_100; i++)
        {
            await rig.EnqueueAsync();
        }

        await rig.BeatAsync();
        await rig.ClaimAsync();
        var late = await rig.EnqueueAsync();
        await rig.ClaimAsync();
        rig.Pulses.Clear();
        await rig.FinishAsync();

        Assert.Equal(JobState.Pending, (await rig.JobAsync(late)).State);
        Assert.Contains("worker", rig.Pulses);
    }

    [Fact]
    public async Task A_queue_that_the_node_does_not_serve_is_left_alone()
    {
        var rig = new EngineRig(new EngineOptions { Node = "rig", Queues = new HashSet<string> { "letters" } });
        var other = await rig.EnqueueAsync(job => job with { Queue = "mail" });
        var own = await rig.EnqueueAsync(job => job with { Queue = "letters" });

        await rig.RunAsync();

        Assert.Equal((JobState.Pending, JobState.Succeeded), ((await rig.JobAsync(other)).State, (await rig.JobAsync(own)).State));
    }

    [Fact]
    public async Task A_handler_that_throws_at_once_is_retried_by_the_policy()
    {
        var rig = new EngineRig { Work = _ => throw new InvalidOperationException("it failed") };
        var id = await rig.EnqueueAsync();

        await rig.RunAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal((JobState.Pending, 1), (job.State, job.Attempt));
        Assert.Equal(rig.Now.AddSeconds(5), job.RunAt);
    }
}
