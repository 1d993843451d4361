using Carillon.Engine;
using Carillon.Store;

namespace Carillon.Tests.Engine;

/// <summary>What a worker lets the store do for it: claim with the insert.</summary>
public sealed class WorkerOfferTests
{
    private static readonly NewJob Work = new() { Id = Guid.Empty, Handler = "work" };

    [Fact]
    public async Task What_a_store_claimed_with_an_insert_is_run()
    {
        var rig = await RigAsync();
        var id = await rig.EnqueueAsync();

        var request = rig.Spy.Offer!.TryTake([Work])!;
        rig.Spy.Offer.Give((await rig.Memory.ClaimAsync(request, rig.Now, EngineRig.Stop)).Jobs);
        await rig.FinishAsync();

        Assert.Equal((1, 1, "rig"), (request.Limit, request.Slots, request.Node));
        Assert.Equal(JobState.Succeeded, (await rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task While_a_claim_is_under_way_there_is_no_offer_and_the_next_claim_waits_for_an_offer_that_was_taken()
    {
        var rig = await RigAsync();
        var first = rig.Spy.Offer!.TryTake([Work]);

        var second = rig.Spy.Offer.TryTake([Work]);
        var claim = rig.ClaimAsync();
        var before = (claim.IsCompleted, rig.Spy.Count("ClaimAsync"));
        rig.Spy.Offer.Give([]);
        await claim;

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.Equal((false, 0), before);
        Assert.Equal(1, rig.Spy.Count("ClaimAsync"));
    }

    // Who is refused must leave alone what is another's: else an answer is given twice, or never, and nothing is claimed any more.
    [Fact]
    public async Task Whoever_asks_at_once_each_offer_that_was_taken_is_answered_once()
    {
        var rig = await RigAsync();
        var taken = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                if (rig.Spy.Offer!.TryTake([Work]) is not null)
                {
                    rig.Spy.Offer.Give([]);
                    Interlocked.Increment(ref taken);
                }
            }
        })));
        await rig.ClaimAsync();

        Assert.InRange(taken, 1, 200_000);
        Assert.Equal(1, rig.Spy.Count("ClaimAsync"));
    }

    [Fact]
    public async Task What_it_does_not_serve_or_has_no_slot_for_is_not_offered()
    {
        var rig = await RigAsync(new EngineOptions { Node = "rig", MaxConcurrentJobs = 2, Queues = new HashSet<string> { "default" } });
        var offer = rig.Spy.Offer!;

        var offers = new[] { offer.TryTake([Work with { Handler = "other" }]), offer.TryTake([Work with { Queue = "other" }]), offer.TryTake([Work, Work, Work]) };

        Assert.All(offers, Assert.Null);
        Assert.NotNull(offer.TryTake([Work, Work]));
    }

    [Fact]
    public async Task Before_it_holds_its_lease_and_once_it_drains_nothing_is_offered()
    {
        var early = new EngineRig();
        var rig = await RigAsync();

        await rig.Node.Worker.DrainAsync(EngineRig.Stop);

        Assert.Null(early.Spy.Offer!.TryTake([Work]));
        Assert.Null(rig.Spy.Offer!.TryTake([Work]));
    }

    [Fact]
    public async Task A_drain_waits_for_what_was_taken()
    {
        var rig = await RigAsync();
        rig.Spy.Offer!.TryTake([Work]);

        var drain = rig.Node.Worker.DrainAsync(EngineRig.Stop);
        var isEarly = drain.IsCompleted;
        rig.Spy.Offer.Give([]);
        await drain;

        Assert.False(isEarly);
    }

    [Fact]
    public async Task What_may_have_been_claimed_unheard_is_given_back_before_anything_else_is_claimed()
    {
        var rig = await RigAsync();
        var id = await rig.EnqueueAsync();
        var request = rig.Spy.Offer!.TryTake([Work])!;
        await rig.Memory.ClaimAsync(request, rig.Now, EngineRig.Stop);
        rig.Pulses.Clear();

        rig.Spy.Offer.Lose();
        var offer = rig.Spy.Offer.TryTake([Work]);
        var pulses = rig.Pulses.ToList();
        await rig.ClaimAsync();
        await rig.FinishAsync();

        Assert.Null(offer);
        Assert.Contains("worker", pulses);
        Assert.Equal((JobState.Succeeded, 1), ((await rig.JobAsync(id)).State, rig.Spy.Count("ReturnAsync")));
    }

    private static async Task<EngineRig> RigAsync(EngineOptions? options = null)
    {
        var rig = new EngineRig(options);
        await rig.BeatAsync();
        return rig;
    }
}
