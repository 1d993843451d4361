namespace Carillon.Store.Tests;

// "Run after these."
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_job_waits_for_another_and_is_due_when_that_succeeded()
    {
        var parent = await RunAsync();
        var child = await MakeAsync(Ask("other") with { After = [new After(parent.Id)] });
        Assert.Equal(JobState.Waiting, child.State);
        Assert.Equal([new After(parent.Id)], child.After);
        Assert.Empty((await ClaimAsync(await JoinAsync("b"))).Jobs);

        await FinishAsync(parent, Done, Noon + Minute);

        var due = await LoadAsync(child.Id);
        Assert.Equal((JobState.Pending, Noon + Minute), (due.State, due.RunAt));
        Assert.Empty(due.After);
        Assert.Equal(child.ScheduledAt, due.ScheduledAt);
        Assert.Equal(child.Id, (await ClaimOneAsync(await JoinAsync("b"), Noon + Minute)).Id);
    }

    [Fact]
    public async Task A_later_instant_of_its_own_stands()
    {
        var parent = await RunAsync();
        var child = await MakeAsync(Ask("other") with { After = [new After(parent.Id)], RunAt = Noon + Hour });

        await FinishAsync(parent, Done, Noon + Minute);

        Assert.Equal(Noon + Hour, (await LoadAsync(child.Id)).RunAt);
    }

    [Theory]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public async Task A_failed_dependency_cancels_the_job(JobState end)
    {
        var parent = await RunAsync();
        var child = await MakeAsync(Ask() with { After = [new After(parent.Id)] });

        await FinishAsync(parent, end == JobState.Dead ? Failed : new Outcome.Cancelled("user"), Noon + Minute);

        await AssertStateAsync(child.Id, JobState.Cancelled, "dependency");
        Assert.Equal(Noon + Minute, (await LoadAsync(child.Id)).FinishedAt);
    }

    [Theory]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public async Task Any_end_will_do_where_that_is_asked(JobState end)
    {
        var parent = await RunAsync();
        var child = await MakeAsync(Ask() with { After = [new After(parent.Id, AfterCondition.AnyEnd)] });

        await FinishAsync(parent, end switch { JobState.Succeeded => Done, JobState.Dead => Failed, _ => new Outcome.Cancelled("user") });

        await AssertStateAsync(child.Id, JobState.Pending);
    }

    [Fact]
    public async Task A_retry_is_no_end()
    {
        var parent = await RunAsync();
        var child = await MakeAsync(Ask() with { After = [new After(parent.Id, AfterCondition.AnyEnd)] });

        await FinishAsync(parent, new Outcome.Retry(Noon + Hour, "it broke"));

        await AssertStateAsync(child.Id, JobState.Waiting);
    }

    [Fact]
    public async Task All_dependencies_must_be_met_and_only_the_open_ones_stand()
    {
        var first = await MakeAsync(Ask());
        var second = await MakeAsync(Ask());
        var child = await MakeAsync(Ask("unclaimed") with { After = [new After(first.Id), new After(second.Id, AfterCondition.AnyEnd)] });
        var claimed = (await ClaimAsync(await JoinAsync("a"))).Jobs;

        var between = await EndAndLoadAsync(claimed[0], child.Id);
        var after = await EndAndLoadAsync(claimed[1], child.Id);

        Assert.Equal(JobState.Waiting, between.State);
        Assert.Equal([new After(second.Id, AfterCondition.AnyEnd)], between.After);
        Assert.Equal(JobState.Pending, after.State);
    }

    [Fact]
    public async Task Dependencies_that_end_in_one_call_meet_their_child()
    {
        var parents = Enumerable.Range(0, 3).Select(_ => Ask()).ToList();
        var child = Ask("unclaimed") with { After = [.. parents.Select(parent => new After(parent.Id))] };
        await Store.EnqueueAsync([.. parents, child], null, Noon, Stop);
        var claimed = (await ClaimAsync(await JoinAsync("a"))).Jobs;

        await Store.FinishAsync([.. claimed.Select(job => EndOf(job, Done, Noon))], Noon, Stop);

        await AssertStateAsync(child.Id, JobState.Pending);
    }

    [Fact]
    public async Task One_job_can_hold_back_many()
    {
        var parent = await RunAsync();
        var children = Enumerable.Range(0, 20).Select(_ => Ask() with { After = [new After(parent.Id)] }).ToList();
        await Store.EnqueueAsync(children, null, Noon, Stop);

        await FinishAsync(parent, Done);

        Assert.Equal(20, (await Store.ListAsync(new JobQuery { Filter = new JobFilter { States = [JobState.Pending] } }, Stop)).Count);
    }

    [Fact]
    public async Task A_dependency_may_be_an_earlier_job_of_the_batch()
    {
        var parent = Ask();
        var child = Ask() with { After = [new After(parent.Id)] };

        var results = await Store.EnqueueAsync([parent, child], null, Noon, Stop);

        Assert.All(results, result => Assert.Equal(EnqueueStatus.Created, result.Status));
        await AssertStateAsync(child.Id, JobState.Waiting);
    }

    [Fact]
    public async Task An_unknown_dependency_stops_the_whole_batch()
    {
        var before = Ask();
        var faulty = Ask() with { After = [new After(_ids.Next())] };
        var after = Ask();

        var results = await Store.EnqueueAsync([before, faulty, after], null, Noon, Stop);

        Assert.Equal(new EnqueueResult(EnqueueStatus.UnknownDependency, faulty.Id), results[1]);
        Assert.Empty(await Store.ListAsync(new JobQuery(), Stop));
    }

    [Fact]
    public async Task A_stopped_batch_replaces_nothing()
    {
        var holder = await MakeAsync(Ask() with { Key = "k" });

        await Store.EnqueueAsync([Ask() with { Key = "k", OnConflict = OnConflict.Replace }, Ask() with { After = [new After(_ids.Next())] }], null, Noon, Stop);

        await AssertStateAsync(holder.Id, JobState.Pending);
    }

    [Fact]
    public async Task A_later_job_of_the_batch_is_unknown()
    {
        var later = Ask();
        var earlier = Ask() with { After = [new After(later.Id)] };

        var results = await Store.EnqueueAsync([earlier, later], null, Noon, Stop);

        Assert.Equal(EnqueueStatus.UnknownDependency, results[0].Status);
        Assert.Null(await Store.GetAsync(later.Id, Stop));
    }

    [Fact]
    public async Task A_job_cannot_wait_for_itself()
    {
        var asked = Ask();

        var result = await EnqueueAsync(asked with { After = [new After(asked.Id)] });

        Assert.Equal(EnqueueStatus.UnknownDependency, result.Status);
    }

    [Fact]
    public async Task A_batch_sent_again_under_new_ids_finds_itself_by_its_keys()
    {
        var parent = Ask() with { Key = "parent" };
        var child = Ask() with { Key = "child", After = [new After(parent.Id)] };
        await Store.EnqueueAsync([parent, child], null, Noon, Stop);
        var parentAgain = parent with { Id = _ids.Next() };

        var results = await Store.EnqueueAsync([parentAgain, child with { Id = _ids.Next(), After = [new After(parentAgain.Id)] }], null, Noon, Stop);

        Assert.Equal([new EnqueueResult(EnqueueStatus.Existing, parent.Id), new EnqueueResult(EnqueueStatus.Existing, child.Id)], results);
    }

    [Fact]
    public async Task A_dependency_that_has_succeeded_already_is_met()
    {
        var parent = await MakeInStateAsync(JobState.Succeeded);

        var child = await MakeAsync(Ask() with { After = [new After(parent.Id)] }, Noon + Hour);

        Assert.Equal((JobState.Pending, Noon + Hour), (child.State, child.RunAt));
        Assert.Empty(child.After);
    }

    [Fact]
    public async Task A_dependency_that_has_failed_already_cancels_at_once()
    {
        var parent = await MakeInStateAsync(JobState.Dead);
        var child = Ask() with { After = [new After(parent.Id)] };
        var patient = Ask() with { After = [new After(parent.Id, AfterCondition.AnyEnd)] };
        var grandchild = Ask() with { After = [new After(child.Id)] };

        var results = await Store.EnqueueAsync([child, patient, grandchild], null, Noon, Stop);

        Assert.All(results, result => Assert.Equal(EnqueueStatus.Created, result.Status));
        await AssertStateAsync(child.Id, JobState.Cancelled, "dependency");
        await AssertStateAsync(patient.Id, JobState.Pending);
        await AssertStateAsync(grandchild.Id, JobState.Cancelled, "dependency");
    }

    [Fact]
    public async Task Of_mixed_dependencies_the_ended_ones_are_looked_at_at_once()
    {
        var ended = await MakeInStateAsync(JobState.Succeeded);
        var open = await MakeAsync(Ask());

        var child = await MakeAsync(Ask() with { After = [new After(ended.Id), new After(open.Id)] });

        Assert.Equal(JobState.Waiting, child.State);
        Assert.Equal([new After(open.Id)], child.After);
    }

    [Fact]
    public async Task A_failure_runs_down_a_long_chain_and_stops_where_any_end_will_do()
    {
        var root = await RunAsync();
        var chain = new List<NewJob>();
        for (var i = 0; i < 300; i++)
        {
            chain.Add(Ask() with { After = [new After(i == 0 ? root.Id : chain[i - 1].Id)] });
        }

        var last = Ask() with { After = [new After(chain[^1].Id, AfterCondition.AnyEnd)] };
        await Store.EnqueueAsync([.. chain, last], null, Noon, Stop);

        await FinishAsync(root, Failed);

        await AssertStateAsync(chain[0].Id, JobState.Cancelled, "dependency");
        await AssertStateAsync(chain[^1].Id, JobState.Cancelled, "dependency");
        await AssertStateAsync(last.Id, JobState.Pending);
    }

    [Fact]
    public async Task A_diamond_is_cancelled_once()
    {
        var root = await RunAsync();
        var left = Ask() with { After = [new After(root.Id)] };
        var right = Ask() with { After = [new After(root.Id)] };
        var bottom = Ask() with { After = [new After(left.Id), new After(right.Id, AfterCondition.AnyEnd)] };
        await Store.EnqueueAsync([left, right, bottom], null, Noon, Stop);

        await FinishAsync(root, Failed);

        await AssertStateAsync(bottom.Id, JobState.Cancelled, "dependency");
    }

    [Fact]
    public async Task Cancelling_a_job_cancels_what_waits_for_its_success()
    {
        var parent = await MakeAsync(Ask());
        var child = await MakeAsync(Ask() with { After = [new After(parent.Id)] });

        await ChangeAsync(parent.Id, JobChange.Cancel);

        await AssertStateAsync(child.Id, JobState.Cancelled, "dependency");
    }

    [Fact]
    public async Task A_job_cancelled_for_its_dependency_can_be_run_by_hand()
    {
        var parent = await RunAsync();
        var child = await MakeAsync(Ask() with { After = [new After(parent.Id)] });
        await FinishAsync(parent, Failed);

        await ChangeAsync(child.Id, JobChange.Retry);

        Assert.Equal(child.Id, (await ClaimOneAsync(await JoinAsync("b"))).Id);
    }

    private async Task<Job> EndAndLoadAsync(Job running, Guid other)
    {
        Assert.True(await FinishAsync(running, Done));
        return await LoadAsync(other);
    }
}
