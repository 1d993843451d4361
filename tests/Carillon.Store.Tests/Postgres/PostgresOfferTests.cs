using Dapper;

namespace Carillon.Store.Tests.Postgres;

/// <summary>Claims that go with the statement that writes the jobs, where this process's node has slots to offer.</summary>
public sealed class PostgresOfferTests : PostgresTransactions
{
    private readonly Offered _offer = new();

    [Fact]
    public async Task A_job_enqueued_where_a_slot_is_free_is_claimed_by_its_very_insert()
    {
        var job = await WarmAsync();
        _offer.Accepting = Request();

        await Store.EnqueueAsync([job], null, Now, Stop);

        var given = Assert.Single(Assert.Single(_offer.Given));
        Assert.Equal((job.Id, JobState.Running, "a", 1), (given.Id, given.State, given.Node, given.Attempt));
        Assert.Equal((JobState.Running, given.Token), ((await Store.GetAsync(job.Id, Stop))!.State, (await Store.GetAsync(job.Id, Stop))!.Token));
        await FinishAsync(given);
    }

    [Fact]
    public async Task Nobody_is_woken_for_it()
    {
        var job = await WarmAsync();
        var heard = StoreSignal.None;
        _offer.Accepting = Request();
        Store.Signalled += signal => heard |= signal;

        await Store.EnqueueAsync([job], null, Now, Stop);

        Assert.Equal(StoreSignal.None, heard);
    }

    [Fact]
    public async Task Who_has_waited_longer_comes_first_and_the_new_job_is_told_of()
    {
        var older = await WarmAsync();
        await Store.EnqueueAsync([older], null, Now, Stop);
        var heard = StoreSignal.None;
        _offer.Accepting = Request();
        Store.Signalled += signal => heard |= signal;

        var newer = New();
        await Store.EnqueueAsync([newer], null, Now, Stop);

        Assert.Equal(older.Id, Assert.Single(Assert.Single(_offer.Given)).Id);
        Assert.Equal(JobState.Pending, (await Store.GetAsync(newer.Id, Stop))!.State);
        Assert.True(heard.HasFlag(StoreSignal.Jobs));
    }

    [Fact]
    public async Task A_limit_holds_for_it_as_for_any_claim()
    {
        var running = await WarmAsync();
        await Store.EnqueueAsync([running], null, Now, Stop);
        Assert.Single(await ClaimAsync());
        _offer.Accepting = Request(limit: 1);

        await Store.EnqueueAsync([New()], null, Now, Stop);

        Assert.Empty(Assert.Single(_offer.Given));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public async Task What_cannot_begin_at_once_is_no_claims(int seconds)
    {
        var job = await WarmAsync() with { RunAt = Now.AddSeconds(seconds), ExpiresAt = seconds > 0 ? null : Now.AddHours(1) };
        _offer.Accepting = Request();

        await Store.EnqueueAsync([job], null, Now, Stop);

        Assert.Empty(_offer.Given);
        Assert.Equal(JobState.Pending, (await Store.GetAsync(job.Id, Stop))!.State);
    }

    [Fact]
    public async Task A_node_whose_lease_is_gone_gets_nothing_and_the_job_stays()
    {
        await WarmAsync();
        _offer.Accepting = Request() with { NodeToken = Node + 1 };

        var job = New();
        await Store.EnqueueAsync([job], null, Now, Stop);

        Assert.Empty(Assert.Single(_offer.Given));
        Assert.Equal(JobState.Pending, (await Store.GetAsync(job.Id, Stop))!.State);
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_said_to_be_unknown()
    {
        await WarmAsync();
        _offer.Accepting = Request();
        await Connection.ExecuteAsync($"alter table {Schema.Name}.job add constraint broken check (tenant <> 'broken')");

        await Assert.ThrowsAnyAsync<Exception>(() => Store.EnqueueAsync([New() with { Tenant = "broken" }], null, Now, Stop));

        Assert.Equal((0, 1), (_offer.Given.Count, _offer.Lost));
    }

    [Fact]
    public async Task A_schedule_fired_ahead_of_its_instant_is_moved_and_its_job_claimed_as_if_the_instant_had_come()
    {
        await WarmAsync();
        var firing = await AheadAsync("each");
        _offer.Accepting = Request();

        // Another node, and this one again: the instant is gone.
        var fired = Assert.Single(await Store.FireAheadAsync([firing], firing.ExpectedNextAt, Stop));
        var again = Assert.Single(await Store.FireAsync([firing with { Jobs = [New()] }], firing.ExpectedNextAt, Stop));

        Assert.Equal((new FireResult(true, 1, 0), new FireResult(false, 0, 0)), (fired, again));
        var given = Assert.Single(_offer.Given[0]);
        Assert.Equal((firing.Jobs[0].Id, firing.ExpectedNextAt, firing.ExpectedNextAt), (given.Id, given.RunAt, given.StartedAt!.Value));
        Assert.Equal((firing.NextAt, 1L), await StateAsync("each"));
    }

    [Fact]
    public async Task Without_a_slot_for_it_or_held_back_by_a_live_job_it_is_left_for_its_instant()
    {
        await WarmAsync();
        var firing = await AheadAsync("each");
        var unclaimed = Assert.Single(await Store.FireAheadAsync([firing], firing.ExpectedNextAt, Stop));
        await Store.EnqueueAsync([New() with { ConcurrencyKey = "live", RunAt = firing.ExpectedNextAt.AddHours(1) }], null, Now, Stop);
        _offer.Accepting = Request();

        var heldBack = Assert.Single(await Store.FireAheadAsync([firing with { Jobs = [firing.Jobs[0] with { Id = Ids.Next(), ConcurrencyKey = "live" }], ConcurrencyKey = "live", Overlap = OverlapPolicy.Skip }], firing.ExpectedNextAt, Stop));

        Assert.Equal((new FireResult(false, 0, 0), new FireResult(false, 0, 0)), (unclaimed, heldBack));
        Assert.Equal((firing.ExpectedNextAt, 0L), await StateAsync("each"));
    }

    [Fact]
    public async Task Where_limits_count_nothing_is_fired_ahead()
    {
        await WarmAsync();
        var firing = await AheadAsync("each");
        _offer.Accepting = Request(limit: 1);
        await Store.ClaimAsync(_offer.Accepting, Now, Stop);

        Assert.False(Assert.Single(await Store.FireAheadAsync([firing], firing.ExpectedNextAt, Stop)).IsApplied);
    }

    [Fact]
    public async Task The_job_of_a_schedule_is_claimed_by_the_statement_that_fires_it()
    {
        await WarmAsync();
        var (firing, _) = await PutAsync("each");
        _offer.Accepting = Request();

        var fired = Assert.Single(await Store.FireAsync([firing], Now, Stop));
        var again = Assert.Single(await Store.FireAsync([firing with { Jobs = [New()] }], Now, Stop));

        Assert.Equal((new FireResult(true, 1, 0), new FireResult(false, 0, 0)), (fired, again));
        Assert.Equal(firing.Jobs[0].Id, Assert.Single(_offer.Given[0]).Id);
        Assert.Equal((firing.NextAt, 1L), await StateAsync("each"));
    }

    [Fact]
    public async Task Where_one_of_several_is_held_back_by_its_last_job_the_others_are_fired()
    {
        await WarmAsync();
        var (busy, free) = ((await PutAsync("busy")).Firing with { Overlap = OverlapPolicy.Skip, ConcurrencyKey = "busy" }, (await PutAsync("free")).Firing with { Overlap = OverlapPolicy.Skip, ConcurrencyKey = "free" });
        await Other.EnqueueAsync([New() with { ConcurrencyKey = "busy" }], null, Now, Stop);

        var fired = await Store.FireAsync([free, busy], Now, Stop);

        Assert.Equal([new FireResult(true, 1, 0), new FireResult(true, 0, 1)], fired);
        Assert.Equal((busy.NextAt, 0L), await StateAsync("busy"));
        Assert.Equal((free.NextAt, 1L), await StateAsync("free"));
        Assert.Single(await Store.ReadAsync(new JournalQuery { Kinds = [JournalKinds.Skipped], Limit = 10 }, Stop));
    }

    [Fact]
    public async Task The_last_of_a_schedule_ends_it()
    {
        await WarmAsync();
        var (firing, _) = await PutAsync("twice", maxCount: 1);

        await Store.FireAsync([firing], Now, Stop);

        Assert.Equal((null, 1L), await StateAsync("twice"));
    }

    // A lane's first job goes the long way; from then on an offer is taken. Answers with a job to enqueue.
    private async Task<NewJob> WarmAsync()
    {
        await Store.EnqueueAsync([New()], null, Now, Stop);
        await FinishAsync(Assert.Single(await ClaimAsync()));
        Store.Accept(_offer);
        return New();
    }

    private async Task<(Firing Firing, Schedule Schedule)> PutAsync(string name, long? maxCount = null)
    {
        var now = Now;
        var schedule = new Schedule { Id = Ids.Next(), Name = name, Kind = RecurrenceKind.Every, Expression = "1s", Handler = "work", AnchorAt = now, CreatedAt = now, UpdatedAt = now, NextAt = now, MaxCount = maxCount };
        await Store.PutSchedulesAsync([schedule], null, now, Stop);
        return (new Firing(name, schedule.Id, 1, now, now.AddSeconds(1)) { Overlap = OverlapPolicy.Allow, Jobs = [New() with { Schedule = name, ScheduledAt = now }] }, schedule);
    }

    // Its instant comes in a moment.
    private async Task<Firing> AheadAsync(string name)
    {
        var (firing, schedule) = await PutAsync(name);
        var at = firing.ExpectedNextAt.AddMilliseconds(40);
        await Store.PutSchedulesAsync([schedule with { NextAt = at, Version = 1 }], null, firing.ExpectedNextAt, Stop);
        var stored = (await Store.GetScheduleAsync(name, Stop))!;
        return firing with { ExpectedNextAt = at, Version = stored.Version, NextAt = at.AddSeconds(1), Jobs = [New() with { Schedule = name, ScheduledAt = at, RunAt = at }] };
    }

    private async Task<(DateTimeOffset? NextAt, long FiredCount)> StateAsync(string name)
    {
        var schedule = (await Store.GetScheduleAsync(name, Stop))!;
        return (schedule.NextAt, schedule.FiredCount);
    }

    private ClaimRequest Request(int? limit = null) =>
        new() { Node = "a", NodeToken = Node, Limit = 10, Slots = 10, Handlers = new Dictionary<string, int?> { ["work"] = limit } };

    /// <summary>A node's slots that remember what they were given.</summary>
    private sealed class Offered : IClaimOffer
    {
        public ClaimRequest? Accepting { get; set; }

        public List<IReadOnlyList<Job>> Given { get; } = [];

        public int Lost { get; private set; }

        public ClaimRequest? TryTake(IReadOnlyList<NewJob> jobs) => Accepting;

        public void Give(IReadOnlyList<Job> jobs) => Given.Add(jobs);

        public void Lose() => Lost++;
    }
}
