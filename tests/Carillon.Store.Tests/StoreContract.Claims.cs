namespace Carillon.Store.Tests;

// Who may run what, in which order.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_claim_says_who_runs_it_since_when_and_under_which_token()
    {
        var asked = await MakeAsync(Ask());

        var job = await ClaimOneAsync(await JoinAsync("a"), Noon + Second);

        Assert.Equal((asked.Id, JobState.Running, "a", 1L, 1), (job.Id, job.State, job.Node, job.Token, job.Attempt));
        Assert.Equal(Noon + Second, job.StartedAt);
        Assert.Equal((job.State, job.Node, job.Token, job.StartedAt), await StandingOfAsync(job.Id));
    }

    [Fact]
    public async Task A_claimed_job_is_claimed_once()
    {
        await MakeAsync(Ask());
        await ClaimOneAsync(await JoinAsync("a"));

        var batch = await ClaimAsync(await JoinAsync("b"));

        Assert.Empty(batch.Jobs);
        Assert.Null(batch.NextDueAt);
    }

    [Fact]
    public async Task Each_claim_of_a_job_has_a_higher_token()
    {
        var first = await RunAsync();
        await FinishAsync(first, new Outcome.Snoozed(Noon));

        var second = await ClaimOneAsync(await JoinAsync("b"));

        Assert.True(second.Token > first.Token);
    }

    [Fact]
    public async Task Nothing_is_claimed_before_its_instant()
    {
        await MakeAsync(Ask() with { RunAt = Noon + Minute });
        var node = await JoinAsync("a");

        var early = await ClaimAsync(node, Noon + Minute - TimeSpan.FromMilliseconds(1));

        Assert.Empty(early.Jobs);
        Assert.Equal(Noon + Minute, early.NextDueAt);
        Assert.Single((await ClaimAsync(node, Noon + Minute)).Jobs);
    }

    [Fact]
    public async Task An_empty_store_has_nothing_to_wait_for()
    {
        var batch = await ClaimAsync(await JoinAsync("a"));

        Assert.Empty(batch.Jobs);
        Assert.Null(batch.NextDueAt);
        Assert.False(batch.IsNodeLost);
    }

    [Fact]
    public async Task A_node_without_a_lease_claims_nothing()
    {
        await MakeAsync(Ask());

        var batch = await ClaimAsync(new Node("a", 1));

        Assert.True(batch.IsNodeLost);
        Assert.Empty(batch.Jobs);
    }

    [Fact]
    public async Task A_node_whose_lease_ran_out_claims_nothing()
    {
        await MakeAsync(Ask());
        var node = await JoinAsync("a", Noon, Minute);

        Assert.True((await ClaimAsync(node, Noon + Minute)).IsNodeLost);
        Assert.Single((await ClaimAsync(node, Noon + Minute - Second)).Jobs);
    }

    [Fact]
    public async Task A_node_under_an_old_token_claims_nothing()
    {
        await MakeAsync(Ask());
        var old = await JoinAsync("a", Noon, Second);
        await JoinAsync("a", Noon + Minute);

        Assert.True((await ClaimAsync(old, Noon + Minute)).IsNodeLost);
    }

    [Fact]
    public async Task A_node_that_gave_its_lease_up_claims_nothing()
    {
        await MakeAsync(Ask());
        var node = await JoinAsync("a");
        await Store.ReleaseAsync("node/a", node.Token, Stop);

        Assert.True((await ClaimAsync(node)).IsNodeLost);
    }

    [Fact]
    public async Task The_oldest_instant_comes_first_then_the_oldest_id()
    {
        var third = Ask();
        var fourth = Ask();
        var second = Ask() with { RunAt = Noon - Second };
        var first = Ask() with { RunAt = Noon - Minute };
        await Store.EnqueueAsync([fourth, third, second, first], null, Noon, Stop);

        var batch = await ClaimAsync(await JoinAsync("a"));

        Assert.Equal([first.Id, second.Id, third.Id, fourth.Id], batch.Jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_point_of_priority_is_worth_a_minute_of_waiting()
    {
        var old = Ask() with { RunAt = Noon - (3 * Minute) };
        var urgent = Ask() with { RunAt = Noon, Priority = 4 };
        var mild = Ask() with { RunAt = Noon, Priority = 2 };
        var lazy = Ask() with { RunAt = Noon - (5 * Minute), Priority = -10 };
        await Store.EnqueueAsync([lazy, mild, urgent, old], null, Noon, Stop);

        var batch = await ClaimAsync(await JoinAsync("a"));

        Assert.Equal([urgent.Id, old.Id, mild.Id, lazy.Id], batch.Jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_low_priority_does_not_starve()
    {
        var patient = await MakeAsync(Ask() with { Priority = -10 });
        await MakeAsync(Ask() with { RunAt = Noon + (21 * Minute), Priority = 10 });

        var batch = await ClaimAsync(await JoinAsync("a"), Noon + (21 * Minute), limit: 1);

        Assert.Equal(patient.Id, Assert.Single(batch.Jobs).Id);
    }

    [Fact]
    public async Task Priority_does_not_bring_an_instant_forward()
    {
        await MakeAsync(Ask() with { RunAt = Noon + Second, Priority = 100 });

        Assert.Empty((await ClaimAsync(await JoinAsync("a"))).Jobs);
    }

    [Fact]
    public async Task No_more_is_claimed_than_asked_and_the_rest_is_due_already()
    {
        await Store.EnqueueAsync([.. Enumerable.Range(0, 5).Select(_ => Ask())], null, Noon, Stop);
        var node = await JoinAsync("a");

        var first = await ClaimAsync(node, Noon, limit: 3);
        var second = await ClaimAsync(node, Noon, limit: 3);

        Assert.Equal((3, 2), (first.Jobs.Count, second.Jobs.Count));
        Assert.True(first.NextDueAt <= Noon);
        Assert.Null(second.NextDueAt);
    }

    [Fact]
    public async Task No_free_slot_still_learns_what_is_due()
    {
        await MakeAsync(Ask() with { RunAt = Noon + Hour });

        var batch = await ClaimAsync(await JoinAsync("a"), Noon, limit: 0);

        Assert.Empty(batch.Jobs);
        Assert.Equal(Noon + Hour, batch.NextDueAt);
    }

    [Fact]
    public async Task The_next_instant_is_the_earliest_of_the_others()
    {
        await MakeAsync(Ask());
        await MakeAsync(Ask() with { RunAt = Noon + Hour });
        await MakeAsync(Ask() with { RunAt = Noon + Minute });

        var batch = await ClaimAsync(await JoinAsync("a"));

        Assert.Equal(Noon + Minute, batch.NextDueAt);
    }

    [Fact]
    public async Task A_job_of_a_handler_the_node_lacks_is_left_alone()
    {
        var strange = await MakeAsync(Ask("strange"));

        var batch = await ClaimAsync(await JoinAsync("a"));

        Assert.Empty(batch.Jobs);
        Assert.Null(batch.NextDueAt);
        Assert.Equal((JobState.Pending, 0), ((await LoadAsync(strange.Id)).State, (await LoadAsync(strange.Id)).Attempt));
    }

    [Fact]
    public async Task A_node_claims_from_its_queues_only()
    {
        var mail = await MakeAsync(Ask() with { Queue = "mail" });
        await MakeAsync(Ask() with { Queue = "reports" });
        var node = await JoinAsync("a");

        var batch = await Store.ClaimAsync(RequestOf(node) with { Queues = new HashSet<string> { "mail" } }, Noon, Stop);

        Assert.Equal(mail.Id, Assert.Single(batch.Jobs).Id);
        Assert.Null(batch.NextDueAt);
    }

    [Fact]
    public async Task Waiting_and_ended_jobs_are_not_claimed()
    {
        await MakeInStateAsync(JobState.Waiting);
        await MakeInStateAsync(JobState.Succeeded);

        Assert.Empty((await ClaimAsync(await JoinAsync("a"))).Jobs);
    }

    [Fact]
    public async Task A_job_that_did_not_begin_in_time_is_cancelled_instead()
    {
        var stale = await MakeAsync(Ask() with { ExpiresAt = Noon + Minute });
        var child = await MakeAsync(Ask() with { After = [new After(stale.Id)] });
        var fresh = await MakeAsync(Ask() with { ExpiresAt = Noon + Minute + Second });

        var batch = await ClaimAsync(await JoinAsync("a"), Noon + Minute);

        Assert.Equal(fresh.Id, Assert.Single(batch.Jobs).Id);
        await AssertStateAsync(stale.Id, JobState.Cancelled, "expired");
        await AssertStateAsync(child.Id, JobState.Cancelled, "dependency");
        Assert.Equal(Noon + Minute, (await LoadAsync(stale.Id)).FinishedAt);
    }

    [Fact]
    public async Task Nodes_that_claim_at_once_share_the_work_without_doubles()
    {
        await Store.EnqueueAsync([.. Enumerable.Range(0, 200).Select(_ => Ask())], null, Noon, Stop);
        var nodes = new List<Node>();
        for (var i = 0; i < 8; i++)
        {
            nodes.Add(await JoinAsync($"n{i}"));
        }

        var batches = await Task.WhenAll(nodes.SelectMany(node => Enumerable.Repeat(node, 5)).Select(node => Task.Run(() => ClaimAsync(node, limit: 10))));

        var claimed = batches.SelectMany(batch => batch.Jobs).Select(job => job.Id).ToList();
        Assert.Equal(200, claimed.Count);
        Assert.Equal(200, claimed.Distinct().Count());
    }

    [Fact]
    public async Task Of_ends_that_come_at_once_one_is_accepted()
    {
        var job = await RunAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => FinishAsync(job, Done))));

        Assert.Single(answers, isAccepted => isAccepted);
    }

    [Fact]
    public async Task Of_jobs_with_one_key_that_come_at_once_one_is_made()
    {
        var asked = Enumerable.Range(0, 16).Select(_ => Ask() with { Key = "k" }).ToList();

        var results = await Task.WhenAll(asked.Select(job => Task.Run(() => EnqueueAsync(job))));

        var made = Assert.Single(results, result => result.Status == EnqueueStatus.Created);
        Assert.All(results, result => Assert.Equal(made.Id, result.Id));
    }

    private async Task<(JobState, string?, long, DateTimeOffset?)> StandingOfAsync(Guid id)
    {
        var job = await LoadAsync(id);
        return (job.State, job.Node, job.Token, job.StartedAt);
    }
}
