namespace Carillon.Store.Tests;

// An instant comes while the last job of the schedule lives, or several come at once.
public abstract partial class StoreContract
{
    [Theory]
    [InlineData(JobState.Pending)]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Running)]
    public async Task An_instant_is_skipped_while_the_last_job_lives(JobState state)
    {
        var schedule = await PutAsync(Nightly());
        await MakeInStateAsync(state, JobOf(schedule, Noon - Hour));

        var result = await FireAsync(FiringOf(schedule));

        var moved = await LoadScheduleAsync(schedule.Name);
        var entry = Assert.Single(await JournalOfScheduleAsync(schedule.Name));
        Assert.Equal(new FireResult(IsApplied: true, 0, 1), result);
        Assert.Equal((Noon + Hour, 0L, null), (moved.NextAt, moved.FiredCount, moved.LastAt));
        Assert.Equal((JournalKinds.Skipped, "overlap", 1), (entry.Kind, ReadString(entry, "reason"), ReadInt(entry, "count")));
        Assert.Equal((Noon, Noon), (ReadInstant(entry, "from"), ReadInstant(entry, "to")));
        Assert.Single(await JobsOfAsync(schedule));
    }

    [Fact]
    public async Task An_instant_is_not_skipped_for_a_job_that_has_ended()
    {
        var schedule = await PutAsync(Nightly());
        await MakeInStateAsync(JobState.Dead, JobOf(schedule, Noon - Hour));

        Assert.Equal(1, (await FireAsync(FiringOf(schedule))).Made);
    }

    [Fact]
    public async Task Of_several_missed_instants_that_skip_one_another_the_first_runs()
    {
        var schedule = await PutAsync(Nightly());
        var jobs = MissedJobsOf(schedule, 3);

        var result = await FireAsync(FiringOf(schedule) with { Jobs = jobs, NextAt = Noon + (3 * Hour) }, Noon + (2 * Hour));

        var entry = Assert.Single(await JournalOfScheduleAsync(schedule.Name));
        Assert.Equal(new FireResult(IsApplied: true, 1, 2), result);
        Assert.Equal(jobs[0].Id, Assert.Single(await JobsOfAsync(schedule)).Id);
        Assert.Equal((Noon + Hour, Noon + (2 * Hour), 2), (ReadInstant(entry, "from"), ReadInstant(entry, "to"), ReadInt(entry, "count")));
        Assert.Equal(Noon, (await LoadScheduleAsync(schedule.Name)).LastAt);
    }

    [Theory]
    [InlineData(OverlapPolicy.Allow)]
    [InlineData(OverlapPolicy.Queue)]
    public async Task Several_missed_instants_run_where_all_shall(OverlapPolicy overlap)
    {
        var schedule = await PutAsync(Nightly() with { Overlap = overlap });

        var result = await FireAsync(FiringOf(schedule) with { Jobs = MissedJobsOf(schedule, 3), NextAt = Noon + (3 * Hour) }, Noon + (2 * Hour));

        var moved = await LoadScheduleAsync(schedule.Name);
        Assert.Equal(new FireResult(IsApplied: true, 3, 0), result);
        Assert.Equal((3L, Noon + (2 * Hour)), (moved.FiredCount, moved.LastAt!.Value));
        Assert.Equal(3, (await JobsOfAsync(schedule)).Count);
    }

    [Fact]
    public async Task Queued_jobs_of_a_schedule_run_one_after_the_other()
    {
        var schedule = await PutAsync(Nightly() with { Overlap = OverlapPolicy.Queue });
        var old = await RunAsync(JobOf(schedule, Noon - Hour));

        Assert.Equal(1, (await FireAsync(FiringOf(schedule))).Made);

        var node = await JoinAsync("b");
        Assert.Empty((await ClaimAsync(node)).Jobs);
        await FinishAsync(old, Done);
        Assert.Equal(Noon, (await ClaimOneAsync(node)).ScheduledAt);
    }

    [Fact]
    public async Task A_new_instant_cancels_the_job_before_where_asked()
    {
        var schedule = await PutAsync(Nightly() with { Overlap = OverlapPolicy.CancelPrevious });
        var running = await RunAsync(JobOf(schedule, Noon - (2 * Hour)));
        var pending = await MakeAsync(JobOf(schedule, Noon - Hour));
        var stranger = await MakeAsync(Ask());

        var result = await FireAsync(FiringOf(schedule));

        Assert.Equal(new FireResult(IsApplied: true, 1, 0), result);
        Assert.Equal((JobState.Running, "overlap"), ((await LoadAsync(running.Id)).State, (await LoadAsync(running.Id)).CancelReason));
        await AssertStateAsync(pending.Id, JobState.Cancelled, "overlap");
        await AssertStateAsync(stranger.Id, JobState.Pending);
        Assert.Single(await JobsOfAsync(schedule), job => job.State == JobState.Pending);
    }

    [Fact]
    public async Task A_job_that_ends_with_the_one_before_it_is_not_cancelled_a_second_time()
    {
        var schedule = await PutAsync(Nightly() with { Overlap = OverlapPolicy.CancelPrevious });
        var first = await MakeAsync(JobOf(schedule, Noon - (2 * Hour)));
        var second = await MakeAsync(JobOf(schedule, Noon - Hour) with { After = [new After(first.Id)] });

        await FireAsync(FiringOf(schedule));

        await AssertStateAsync(first.Id, JobState.Cancelled, "overlap");
        await AssertStateAsync(second.Id, JobState.Cancelled, "dependency");
    }

    [Fact]
    public async Task A_job_that_the_end_of_the_one_before_it_makes_due_is_cancelled_as_it_stands()
    {
        var schedule = await PutAsync(Nightly() with { Overlap = OverlapPolicy.CancelPrevious });
        var first = await MakeAsync(JobOf(schedule, Noon - (2 * Hour)));
        var second = await MakeAsync(JobOf(schedule, Noon - Hour) with { After = [new After(first.Id, AfterCondition.AnyEnd)] });

        await FireAsync(FiringOf(schedule));

        var cancelled = await LoadAsync(second.Id);
        Assert.Equal((JobState.Cancelled, "overlap", Noon), (cancelled.State, cancelled.Reason, cancelled.RunAt));
    }

    private List<NewJob> MissedJobsOf(Schedule schedule, int count) => [.. Enumerable.Range(0, count).Select(i => JobOf(schedule, Noon + (i * Hour)))];
}
