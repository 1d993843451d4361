using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Tests.Engine;

public sealed class JobRunnerTests
{
    [Fact]
    public async Task A_time_out_tells_the_handler_why_and_counts_as_an_attempt()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        var id = await rig.EnqueueAsync(job => job with { Timeout = TimeSpan.FromSeconds(30) });
        await rig.BeatAsync();
        await rig.ClaimAsync();

        rig.Clock.Advance(TimeSpan.FromSeconds(30));
        await rig.FinishAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal(StopCause.Timeout, gate.Context!.StopCause);
        Assert.Equal((JobState.Pending, 1), (job.State, job.Attempt));
        Assert.Contains("timed out", job.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, null, 5)]
    [InlineData(null, 7, 7)]
    [InlineData(5, 7, 5)]
    [InlineData(null, null, 60)]
    public async Task The_jobs_own_time_out_goes_before_the_handlers_and_that_before_the_hosts(int? job, int? handler, int expected)
    {
        var definition = new HandlerDefinition { Name = "work", Run = null!, Timeout = handler is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        var rig = new EngineRig(new EngineOptions { Node = "rig", JobTimeout = TimeSpan.FromSeconds(60) }, definition);
        var gate = rig.HoldWork();
        await rig.EnqueueAsync(asked => asked with { Timeout = job is { } own ? TimeSpan.FromSeconds(own) : null });
        await rig.BeatAsync();
        await rig.ClaimAsync();

        rig.Clock.Advance(TimeSpan.FromSeconds(expected) - TimeSpan.FromMilliseconds(1));
        var before = gate.Context!.StopCause;
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((StopCause.None, StopCause.Timeout), (before, gate.Context.StopCause));
    }

    [Fact]
    public async Task A_handler_that_ends_well_in_spite_of_its_time_out_has_succeeded()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork(isStoppable: false);
        var id = await rig.EnqueueAsync(job => job with { Timeout = TimeSpan.FromSeconds(30) });
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(30));

        gate.Open();
        await rig.FinishAsync();

        Assert.Equal(JobState.Succeeded, (await rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task A_snooze_comes_back_without_having_used_an_attempt()
    {
        var rig = new EngineRig { Work = context => Task.FromResult<Outcome?>(context.Snooze(TimeSpan.FromMinutes(2))) };
        var id = await rig.EnqueueAsync();

        await rig.RunAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal((JobState.Pending, 0, rig.Now.AddMinutes(2)), (job.State, job.Attempt, job.RunAt));
    }

    [Fact]
    public async Task A_retry_after_comes_back_when_the_other_side_asked_and_has_used_one()
    {
        var rig = new EngineRig { Work = context => Task.FromResult<Outcome?>(context.RetryAfter(TimeSpan.FromMinutes(2), "429")) };
        var id = await rig.EnqueueAsync();

        await rig.RunAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal((JobState.Pending, 1, rig.Now.AddMinutes(2), "429"), (job.State, job.Attempt, job.RunAt, job.Error));
    }

    [Fact]
    public async Task An_error_that_must_not_be_retried_is_not()
    {
        var definition = new HandlerDefinition { Name = "work", Run = null!, NeverRetry = [typeof(IOException)] };
        var rig = new EngineRig(handler: definition) { Work = _ => throw new FileNotFoundException("gone") };
        var id = await rig.EnqueueAsync();

        await rig.RunAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal((JobState.Dead, "error"), (job.State, job.Reason));
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_are_dead_at_once_and_say_where()
    {
        var rig = new EngineRig { Work = context => { context.ReadArgs<int[]>(); return Task.FromResult<Outcome?>(null); } };
        var id = await rig.EnqueueAsync(job => job with { Args = """[1,"two"]"""u8.ToArray() });

        await rig.RunAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal((JobState.Dead, "arguments"), (job.State, job.Reason));
        Assert.Contains("$[1]", job.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_and_progress_stay_with_a_job_that_succeeded()
    {
        var rig = new EngineRig
        {
            Work = context =>
            {
                context.ReportProgress(250);
                context.ReportProgress(double.NaN);
                context.SetResultJson("""{"sent":3}""");
                return Task.FromResult<Outcome?>(null);
            },
        };
        var id = await rig.EnqueueAsync();

        await rig.RunAsync();

        var job = await rig.JobAsync(id);
        Assert.Equal(("""{"sent":3}""", 100), (job.Result, job.Progress));
    }

    [Fact]
    public async Task A_result_counts_only_if_the_attempt_succeeds()
    {
        var rig = new EngineRig { Work = context => { context.SetResultJson("1"); throw new InvalidOperationException("it failed"); } };
        var id = await rig.EnqueueAsync();

        await rig.RunAsync();

        Assert.Null((await rig.JobAsync(id)).Result);
    }

    [Fact]
    public async Task What_a_handler_logs_is_in_the_jobs_journal_with_its_end()
    {
        var rig = new EngineRig { Work = context => { Microsoft.Extensions.Logging.LoggerExtensions.LogWarning(context.Logger, "paper is low"); return Task.FromResult<Outcome?>(null); } };
        var id = await rig.EnqueueAsync();

        await rig.RunAsync();

        Assert.Contains("paper is low", Assert.Single(await rig.JournalAsync(id, JournalKinds.Log)).Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_to_stop_before_it_has_begun_is_released_without_a_call_of_its_handler()
    {
        var rig = new EngineRig { Work = _ => throw new InvalidOperationException("must not be called") };
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        var batch = await rig.Memory.ClaimAsync(
            new ClaimRequest { Node = "rig", NodeToken = rig.Node.Lease.Token, Limit = 1, Handlers = new Dictionary<string, int?> { ["work"] = null } }, rig.Now, EngineRig.Stop);
        var runner = RunnerOf(rig);
        using var attempt = new Attempt(batch.Jobs[0], runner.LogOf(batch.Jobs[0]), Launches.Inline);
        attempt.Stop(StopCause.Shutdown);

        var finish = await runner.RunAsync(attempt);
        await rig.Memory.FinishAsync([finish!], rig.Now, EngineRig.Stop);

        var job = await rig.JobAsync(id);
        Assert.True(finish!.IsReleased);
        Assert.Equal((JobState.Pending, 0, 0), (job.State, job.Attempt, job.OwnerLosses));
    }

    [Fact]
    public async Task A_job_that_was_claimed_ahead_begins_at_its_instant_and_not_before()
    {
        var (rig, come) = (new EngineRig(), new TaskCompletionSource());
        var gate = rig.HoldWork();
        var (job, asked) = (await ClaimedAsync(rig) with { RunAt = rig.Now.AddMilliseconds(40) }, new List<DateTimeOffset>());
        var runner = RunnerOf(rig, (instant, _) =>
        {
            asked.Add(instant);
            return come.Task;
        });
        var attempt = new Attempt(job, runner.LogOf(job), Launches.Inline);

        var running = runner.RunAsync(attempt);
        var before = gate.Context;
        rig.Clock.Advance(TimeSpan.FromMilliseconds(40));
        come.SetResult();

        Assert.Null(before);
        Assert.NotNull(gate.Context);
        Assert.Equal([job.RunAt], asked);
        gate.Open();
        Assert.Equal(job.RunAt, (await running)!.StartedAt);
        attempt.Dispose();
    }

    [Fact]
    public async Task One_that_is_told_to_stop_while_it_waits_for_its_instant_is_released_unrun()
    {
        var rig = new EngineRig();
        var gate = rig.HoldWork();
        var job = await ClaimedAsync(rig) with { RunAt = rig.Now.AddMilliseconds(40) };
        var runner = RunnerOf(rig, static (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ContinueWith(static _ => { }, TaskScheduler.Default));
        var attempt = new Attempt(job, runner.LogOf(job), Launches.Inline);

        var running = runner.RunAsync(attempt);
        attempt.Stop(StopCause.Shutdown);

        Assert.True((await running)!.IsReleased);
        Assert.Null(gate.Context);
        attempt.Dispose();
    }

    [Fact]
    public async Task What_is_hours_ahead_was_claimed_before_the_clock_stepped_back_and_begins_at_once()
    {
        var rig = new EngineRig();
        var job = await ClaimedAsync(rig) with { RunAt = rig.Now.AddHours(1) };
        var runner = RunnerOf(rig, static (_, _) => throw new InvalidOperationException("it was waited for"));
        using var attempt = new Attempt(job, runner.LogOf(job), Launches.Inline);

        Assert.IsType<Outcome.Succeeded>((await runner.RunAsync(attempt))!.Outcome);
    }

    private static async Task<Job> ClaimedAsync(EngineRig rig)
    {
        await rig.EnqueueAsync();
        await rig.BeatAsync();
        return Assert.Single((await rig.Memory.ClaimAsync(new ClaimRequest { Node = "rig", NodeToken = rig.Node.Lease.Token, Limit = 1, Slots = 1, Handlers = new Dictionary<string, int?> { ["work"] = null } }, rig.Now, EngineRig.Stop)).Jobs);
    }

    private static JobRunner RunnerOf(EngineRig rig, Until? until = null)
    {
        var registry = new HandlerRegistry([new HandlerDefinition { Name = "work", Run = context => rig.Work(context) }], []);
        return new JobRunner(registry, new JobServices(new ServiceCollection().BuildServiceProvider(), rig.Clock, new System.Text.Json.JsonSerializerOptions()) { Until = until ?? (static (_, _) => Task.CompletedTask) }, rig.Options, Chance.Middle(1), rig.Logs);
    }
}
