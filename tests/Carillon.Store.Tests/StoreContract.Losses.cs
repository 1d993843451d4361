namespace Carillon.Store.Tests;

// A job that may be what takes its nodes down.
public abstract partial class StoreContract
{
    [Fact]
    public async Task The_third_loss_quarantines_the_job()
    {
        var asked = await MakeAsync(Ask());
        var child = await MakeAsync(Ask("other") with { After = [new After(asked.Id)] });

        var now = await LoseTimesAsync(asked.Id, 2);
        await AssertStateAsync(asked.Id, JobState.Pending);
        await LoseTimesAsync(asked.Id, 1, now);

        var poison = await LoadAsync(asked.Id);
        Assert.Equal((JobState.Dead, "poison", 3, 0), (poison.State, poison.Reason, poison.OwnerLosses, poison.Attempt));
        Assert.False(string.IsNullOrEmpty(poison.Error));
        Assert.NotNull(poison.FinishedAt);
        Assert.Equal(3, (await AttemptsOfAsync(asked.Id)).Count(fact => fact.State == "owner lost"));
        await AssertStateAsync(child.Id, JobState.Cancelled, "dependency");
    }

    [Fact]
    public async Task A_quarantine_says_how_many_nodes_were_lost_in_a_row_and_which_was_the_last()
    {
        var asked = await MakeAsync(Ask());

        await LoseTimesAsync(asked.Id, 3);

        Assert.Equal(
            "3 nodes in a row were lost while they had this job, mortal the last; it is kept from taking a further one down. Find out what it does to its process, then retry it.",
            (await LoadAsync(asked.Id)).Error);
    }

    public static TheoryData<Outcome, JobState, int> OwnEnds => new()
    {
        { new Outcome.Retry(LeaseEnd + NodeLeaseDuration, "it broke"), JobState.Pending, 0 },
        { new Outcome.Snoozed(LeaseEnd + NodeLeaseDuration), JobState.Pending, 0 },
        { new Outcome.Succeeded(), JobState.Succeeded, 2 },
        { new Outcome.Dead("attempts", "it broke"), JobState.Dead, 2 },
    };

    [Theory]
    [MemberData(nameof(OwnEnds))]
    public async Task An_end_of_its_own_forgives_the_losses_before_a_next_attempt_and_shows_them_after_the_last(Outcome outcome, JobState state, int losses)
    {
        var asked = await MakeAsync(Ask());
        var now = await LoseTimesAsync(asked.Id, 2);

        var ended = await EndAsync(await ClaimOneAsync(await JoinAsync("b", now), now), outcome, now);

        Assert.Equal((state, losses), (ended.State, ended.OwnerLosses));
        Assert.Equal(2, (await AttemptsOfAsync(asked.Id)).Count(fact => fact.State == "owner lost"));
    }

    [Fact]
    public async Task A_release_forgives_no_loss()
    {
        var asked = await MakeAsync(Ask());
        var now = await LoseTimesAsync(asked.Id, 2);
        var job = await ClaimOneAsync(await JoinAsync("b", now), now);

        await Store.FinishAsync([EndOf(job, new Outcome.Snoozed(now), now) with { IsReleased = true }], now, Stop);

        Assert.Equal((JobState.Pending, 2), ((await LoadAsync(asked.Id)).State, (await LoadAsync(asked.Id)).OwnerLosses));
    }

    [Fact]
    public async Task A_job_whose_node_was_lost_is_claimed_only_where_it_can_begin_at_once()
    {
        var asked = await MakeAsync(Ask());
        var now = await LoseTimesAsync(asked.Id, 1);
        var node = await JoinAsync("b", now);

        var ahead = await Store.ClaimAsync(RequestOf(node) with { Slots = 0 }, now, Stop);
        var begun = await Store.ClaimAsync(RequestOf(node) with { Slots = 1 }, now, Stop);

        Assert.Equal((0, true), (ahead.Jobs.Count, ahead.IsSlotWanted));
        Assert.True(ahead.NextDueAt <= now);
        Assert.Equal((asked.Id, false), (Assert.Single(begun.Jobs).Id, begun.IsSlotWanted));
    }

    [Fact]
    public async Task A_job_that_needs_a_slot_is_not_overtaken_by_jobs_claimed_ahead()
    {
        var asked = await MakeAsync(Ask() with { Priority = -1 });
        var now = await LoseTimesAsync(asked.Id, 1);
        var before = await MakeAsync(Ask("other"), now);
        var behind = await MakeAsync(Ask() with { RunAt = now, Priority = -3 }, now);

        var batch = await Store.ClaimAsync(RequestOf(await JoinAsync("b", now)) with { Slots = 1 }, now, Stop);
        var next = await Store.ClaimAsync(RequestOf(await JoinAsync("b", now)) with { Slots = 1 }, now, Stop);

        Assert.Equal((before.Id, true), (Assert.Single(batch.Jobs).Id, batch.IsSlotWanted));
        Assert.Equal([asked.Id, behind.Id], next.Jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_job_that_needs_a_slot_but_is_held_back_holds_up_nobody()
    {
        var asked = await MakeAsync(Ask() with { ConcurrencyKey = "k" });
        var now = await LoseTimesAsync(asked.Id, 1);
        var node = await JoinAsync("b", now);
        await MakeAsync(Ask() with { ConcurrencyKey = "k", Priority = 100 }, now);
        Assert.NotEqual(asked.Id, Assert.Single((await Store.ClaimAsync(RequestOf(node) with { Limit = 1 }, now, Stop)).Jobs).Id);
        var other = await MakeAsync(Ask(), now);

        var batch = await Store.ClaimAsync(RequestOf(node) with { Slots = 0 }, now, Stop);

        Assert.Equal((other.Id, false), (Assert.Single(batch.Jobs).Id, batch.IsSlotWanted));
    }

    [Fact]
    public async Task A_quarantined_job_retried_by_hand_has_three_losses_before_it_again()
    {
        var asked = await MakeAsync(Ask());
        var now = await LoseTimesAsync(asked.Id, 3);

        await ChangeAsync(asked.Id, JobChange.Retry, now);
        await LoseTimesAsync(asked.Id, 2, now);

        var job = await LoadAsync(asked.Id);
        Assert.Equal((JobState.Pending, 2), (job.State, job.OwnerLosses));
    }

    private async Task<DateTimeOffset> LoseTimesAsync(Guid job, int times, DateTimeOffset? from = null)
    {
        var now = from ?? Noon;
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(job, (await ClaimOneAsync(await JoinAsync("mortal", now, NodeLeaseDuration), now)).Id);
            now += NodeLeaseDuration;
            Assert.Equal([job], await Store.ReclaimAsync(now, Stop));
        }

        return now;
    }
}
