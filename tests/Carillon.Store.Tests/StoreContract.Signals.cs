namespace Carillon.Store.Tests;

// Those who sleep are told of news.
public abstract partial class StoreContract
{
    [Fact]
    public Task A_new_job_wakes_those_who_claim() =>
        AssertHearsAsync(StoreSignal.Jobs, () => EnqueueAsync(Ask()));

    [Fact]
    public async Task An_end_wakes_those_who_wait_for_it_and_those_who_claim()
    {
        var job = await RunAsync(Ask() with { ConcurrencyKey = "door" });

        await AssertHearsAsync(StoreSignal.Ended | StoreSignal.Jobs, () => FinishAsync(job, Done));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_runs_again_wakes_those_who_claim(bool isLost)
    {
        var job = await RunOnMortalAsync();

        await AssertHearsAsync(StoreSignal.Jobs, () => isLost ? Store.ReclaimAsync(LeaseEnd, Stop) : FinishAsync(job, new Outcome.Retry(Noon, "it broke")));
    }

    [Fact]
    public async Task A_met_dependency_wakes_those_who_claim()
    {
        var parent = await RunAsync();
        await MakeAsync(Ask() with { After = [new After(parent.Id)] });

        await AssertHearsAsync(StoreSignal.Jobs | StoreSignal.Ended, () => FinishAsync(parent, Done));
    }

    [Fact]
    public async Task Cancelling_wakes_those_concerned()
    {
        var running = await RunAsync();
        var pending = await MakeAsync(Ask());

        await AssertHearsAsync(StoreSignal.Cancels, () => ChangeAsync(running.Id, JobChange.Cancel));
        await AssertHearsAsync(StoreSignal.Ended, () => ChangeAsync(pending.Id, JobChange.Cancel));
        await AssertHearsAsync(StoreSignal.Jobs, () => ChangeAsync(pending.Id, JobChange.Retry));
    }

    [Fact]
    public async Task A_rule_of_overlap_wakes_those_it_stops()
    {
        var schedule = await PutAsync(Nightly() with { Overlap = OverlapPolicy.CancelPrevious });
        await RunAsync(JobOf(schedule, Noon - Hour));

        await AssertHearsAsync(StoreSignal.Cancels | StoreSignal.Jobs, () => FireAsync(FiringOf(schedule)));
    }

    [Fact]
    public async Task A_changed_schedule_wakes_those_who_fire()
    {
        var schedule = Nightly();

        await AssertHearsAsync(StoreSignal.Schedules, () => PutAsync(schedule));
        await AssertHearsAsync(StoreSignal.Schedules, () => Store.RemoveSchedulesAsync([schedule.Name], null, Noon, Stop));
    }

    [Fact]
    public async Task A_fixed_delay_wakes_those_who_fire()
    {
        await FireFixedDelayAsync();
        var job = await ClaimOneAsync(await JoinAsync("a"));

        await AssertHearsAsync(StoreSignal.Schedules, () => FinishAsync(job, Done));
    }

    [Fact]
    public async Task A_changed_queue_wakes_those_who_claim()
    {
        await AssertHearsAsync(StoreSignal.Jobs, () => SetQueueAsync("mail", """{"isPaused":false}"""));
        await AssertHearsAsync(StoreSignal.Jobs, () => Store.RemoveDefinitionAsync(DefinitionKinds.Queue, "mail", null, Noon, Stop));
    }

    [Fact]
    public async Task What_wrote_nothing_wakes_nobody()
    {
        var job = await RunAsync();
        await FinishAsync(job, Done);

        Assert.Equal(StoreSignal.None, await ListenAsync(() => FinishAsync(job, Done)));
        Assert.Equal(StoreSignal.None, await ListenAsync(() => EnqueueAsync(Ask() with { After = [new After(_ids.Next())] })));
        Assert.Equal(StoreSignal.None, await ListenAsync(() => Store.ListAsync(new JobQuery(), Stop)));
    }

    [Fact]
    public async Task Who_is_told_finds_the_news_in_the_store()
    {
        var asked = Ask();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.Signalled += _ => told.TrySetResult();

        await EnqueueAsync(asked);

        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotNull(await Store.GetAsync(asked.Id, Stop));
    }

    /// <summary>What was told until the call came back.</summary>
    private async Task<StoreSignal> ListenAsync(Func<Task> call)
    {
        var heard = StoreSignal.None;
        void Hear(StoreSignal signal) => heard |= signal;
        Store.Signalled += Hear;
        await call();
        Store.Signalled -= Hear;
        return heard;
    }

    /// <summary>The call leads to these signals, by the time it returns or soon after.</summary>
    private async Task AssertHearsAsync(StoreSignal expected, Func<Task> call)
    {
        var isHeard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = 0;
        void Hear(StoreSignal signal)
        {
            if (((StoreSignal)Interlocked.Or(ref heard, (int)signal) | signal).HasFlag(expected))
            {
                isHeard.TrySetResult();
            }
        }

        Store.Signalled += Hear;
        await call();
        await isHeard.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Store.Signalled -= Hear;
    }
}
