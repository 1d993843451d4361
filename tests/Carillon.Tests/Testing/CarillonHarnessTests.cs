using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Testing;

public sealed class CarillonHarnessTests
{
    private static readonly Act Ada = new("ada", "test", "schedule.put");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly List<DateTimeOffset> _runs = [];

    [Fact]
    public async Task A_job_that_is_due_has_run_when_the_call_returns()
    {
        await using var harness = await CarillonHarness.StartAsync(Note);

        var job = await harness.RunAsync(new JobRequest { Handler = "note" });

        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Equal([harness.Clock.GetUtcNow()], _runs);
    }

    [Fact]
    public async Task A_delayed_job_runs_on_its_instant_and_not_before()
    {
        await using var harness = await CarillonHarness.StartAsync(Note);
        var start = harness.Clock.GetUtcNow();
        await harness.Jobs.EnqueueAsync(new JobRequest { Handler = "note", Delay = Minute });

        await harness.AdvanceAsync(Minute - TimeSpan.FromTicks(1));
        var early = _runs.Count;
        await harness.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Equal(0, early);
        Assert.Equal([start + Minute], _runs);
        Assert.Equal(start + Minute + TimeSpan.FromDays(1) - TimeSpan.FromTicks(1), harness.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Retries_come_exactly_when_the_policy_says()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("fails", (JobContext context) =>
        {
            _runs.Add(context.Clock.GetUtcNow());
            throw new InvalidOperationException("it failed");
        }));
        var start = harness.Clock.GetUtcNow();
        var job = await harness.RunAsync(new JobRequest { Handler = "fails" });

        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal([0.0, 5, 20, 65, 200], _runs.Select(run => (run - start).TotalSeconds));
        Assert.Equal((JobState.Dead, "attempts"), ((await harness.GetAsync(job.Id)).State, (await harness.GetAsync(job.Id)).Reason));
        Assert.Equal(["retry", "retry", "retry", "retry", "dead"], (await harness.AttemptsAsync(job.Id)).Select(attempt => attempt.State));
    }

    [Fact]
    public async Task An_interval_fires_on_each_of_its_instants()
    {
        await using var harness = await CarillonHarness.StartAsync(Note);
        var start = harness.Clock.GetUtcNow();
        await harness.Schedules.PutAsync(new ScheduleRequest { Name = "s", Handler = "note", Kind = RecurrenceKind.Every, Expression = "10m" }, Ada);

        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal([10.0, 20, 30, 40, 50, 60], _runs.Select(run => (run - start).TotalMinutes));
    }

    [Fact]
    public async Task A_cron_expression_fires_by_its_zones_clocks()
    {
        await using var harness = await CarillonHarness.StartAsync(Note, new DateTimeOffset(2027, 3, 26, 12, 0, 0, TimeSpan.Zero));
        await harness.Schedules.PutAsync(new ScheduleRequest { Name = "s", Handler = "note", Kind = RecurrenceKind.Cron, Expression = "0 5 * * *", Zone = "Europe/Zurich" }, Ada);

        await harness.AdvanceAsync(TimeSpan.FromDays(3));

        Assert.Equal(["27 04:00", "28 03:00", "29 03:00"], _runs.Select(run => run.ToString("dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Schedules_of_the_handlers_code_fire_too()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle(new HandlerDefinition
        {
            Name = "note",
            Run = NoteAsync,
            Schedules = [new HandlerSchedule(RecurrenceKind.Every, "1h")],
        }));

        await harness.AdvanceAsync(TimeSpan.FromHours(3));

        Assert.Equal(3, _runs.Count);
    }

    [Fact]
    public async Task A_handler_that_waits_on_the_clock_takes_virtual_time_and_keeps_its_claim()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("slow", async (JobContext context) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(50), context.Clock, context.CancellationToken);
            await Task.Delay(TimeSpan.FromMinutes(5), context.Clock, context.CancellationToken);
            return null;
        }));
        var job = await harness.RunAsync(new JobRequest { Handler = "slow" });

        await harness.AdvanceAsync(TimeSpan.FromMinutes(54));
        var before = (await harness.GetAsync(job.Id)).State;
        await harness.AdvanceAsync(Minute);

        var after = await harness.GetAsync(job.Id);
        Assert.Equal((JobState.Running, JobState.Running, JobState.Succeeded), (job.State, before, after.State));
        Assert.Equal((1, 0, TimeSpan.FromMinutes(55)), (after.Attempt, after.OwnerLosses, after.FinishedAt - after.StartedAt));
    }

    [Fact]
    public async Task A_time_out_is_reached_by_advancing_to_it()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("hangs", async (JobContext context) =>
        {
            await Task.Delay(TimeSpan.FromDays(300), context.Clock, context.CancellationToken);
            return null;
        }));
        var job = await harness.RunAsync(new JobRequest { Handler = "hangs", Timeout = Minute, Retry = new RetryPolicy { Attempts = 1 } });

        await harness.AdvanceAsync(Minute);

        Assert.Equal((JobState.Dead, "attempts"), ((await harness.GetAsync(job.Id)).State, (await harness.GetAsync(job.Id)).Reason));
    }

    [Fact]
    public async Task A_cancelled_handler_has_ended_when_the_call_returns()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("hangs", async (JobContext context) =>
        {
            await Task.Delay(TimeSpan.FromDays(300), context.Clock, context.CancellationToken);
            return null;
        }));
        var job = await harness.RunAsync(new JobRequest { Handler = "hangs", Timeout = TimeSpan.FromDays(7) });

        await harness.Jobs.CancelAsync(new JobFilter { Ids = [job.Id] }, Ada);
        await harness.RunDueAsync();

        Assert.Equal((JobState.Cancelled, "user"), ((await harness.GetAsync(job.Id)).State, (await harness.GetAsync(job.Id)).Reason));
    }

    [Fact]
    public async Task Real_input_and_output_is_waited_for()
    {
        var path = Path.GetTempFileName();
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("file", async (JobContext context) =>
        {
            using var limit = new CancellationTokenSource(Minute, context.Clock);
            for (var i = 0; i < 20; i++)
            {
                await File.WriteAllTextAsync(path, $"{i}", limit.Token);
                await Task.Yield();
            }

            return null;
        }));

        var job = await harness.RunAsync(new JobRequest { Handler = "file" });

        Assert.Equal((JobState.Succeeded, "19"), (job.State, await File.ReadAllTextAsync(path)));
        File.Delete(path);
    }

    [Fact]
    public async Task One_handler_at_real_work_is_waited_for_while_another_waits_on_the_clock()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon
            .Handle("waits", async (JobContext context) =>
            {
                await Task.WhenAny(Task.Delay(Minute, context.Clock), Task.Delay(2 * Minute, context.Clock));
                return null;
            })
            .Handle("works", async (JobContext context) =>
            {
                await Task.Run(static () => Thread.SpinWait(2_000_000));
                return null;
            }));
        await harness.RunAsync(new JobRequest { Handler = "waits" });

        var job = await harness.RunAsync(new JobRequest { Handler = "works" });

        Assert.Equal(JobState.Succeeded, job.State);
    }

    [Fact]
    public async Task A_handler_that_waits_for_the_test_is_left_running_after_some_patience()
    {
        var release = new TaskCompletionSource();
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("held", async (JobContext _) =>
        {
            await release.Task;
            return null;
        }));
        harness.Patience = TimeSpan.FromMilliseconds(10);

        var job = await harness.RunAsync(new JobRequest { Handler = "held" });
        release.SetResult();
        await harness.RunDueAsync();

        Assert.Equal((JobState.Running, JobState.Succeeded), (job.State, (await harness.GetAsync(job.Id)).State));
    }

    [Fact]
    public async Task A_job_that_expires_is_cancelled_in_time()
    {
        await using var harness = await CarillonHarness.StartAsync(Note);
        var receipt = await harness.Jobs.EnqueueAsync(new JobRequest { Handler = "note", Delay = TimeSpan.FromHours(2), ExpiresAt = harness.Clock.GetUtcNow() + Minute });

        await harness.AdvanceAsync(Minute);

        Assert.Equal("expired", (await harness.GetAsync(receipt.Id)).Reason);
    }

    [Fact]
    public async Task Follow_ups_of_follow_ups_are_done_in_one_call()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("count", async (int left, JobContext context) =>
        {
            _runs.Add(context.Clock.GetUtcNow());
            if (left > 0)
            {
                await context.Services.GetRequiredService<JobClient>().EnqueueAsync("count", left - 1);
            }
        }));

        await harness.RunAsync("count", 30);

        Assert.Equal(31, _runs.Count);
        Assert.Equal(31, (await harness.HistoryAsync()).Count(job => job.State == JobState.Succeeded));
    }

    [Fact]
    public async Task More_jobs_than_slots_all_get_their_turn()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon
            .Configure(options => options.MaxConcurrentJobs = 2)
            .Handle("slow", async (JobContext context) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(40), context.Clock);
                return null;
            }));
        await harness.Jobs.EnqueueAsync([.. Enumerable.Repeat(new JobRequest { Handler = "slow" }, 20)]);

        await harness.AdvanceAsync(Minute);

        Assert.All(await harness.HistoryAsync(), job => Assert.Equal(JobState.Succeeded, job.State));
    }

    [Fact]
    public async Task History_is_whole_and_oldest_first_after_any_time()
    {
        await using var harness = await CarillonHarness.StartAsync(Note);
        var ids = (await harness.Jobs.EnqueueAsync([.. Enumerable.Repeat(new JobRequest { Handler = "note" }, 450)])).Select(receipt => receipt.Id).ToList();

        await harness.AdvanceAsync(TimeSpan.FromDays(60));

        Assert.Equal(ids, (await harness.HistoryAsync()).Select(job => job.Id));
    }

    [Fact]
    public async Task What_a_handler_logged_can_be_read()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("speaks", (JobContext context) =>
        {
            context.Logger.LogInformation("one");
            context.Logger.LogWarning("two");
            return Task.FromResult<Outcome?>(null);
        }));

        var job = await harness.RunAsync(new JobRequest { Handler = "speaks" });

        Assert.Equal(["one", "two"], await harness.LogAsync(job.Id));
    }

    [Fact]
    public async Task A_wrong_clock_repeats_no_instant_and_moves_no_delay()
    {
        await using var harness = await CarillonHarness.StartAsync(Note);
        await harness.Schedules.PutAsync(new ScheduleRequest { Name = "s", Handler = "note", Kind = RecurrenceKind.Cron, Expression = "*/10 * * * *" }, Ada);
        var receipt = await harness.Jobs.EnqueueAsync(new JobRequest { Handler = "note", Delay = TimeSpan.FromMinutes(15), Tags = ["delayed"] });
        await harness.AdvanceAsync(TimeSpan.FromMinutes(10));
        harness.Clock.Step(TimeSpan.FromHours(-1));

        await harness.AdvanceAsync(TimeSpan.FromMinutes(5));
        var delayed = (await harness.GetAsync(receipt.Id)).State;
        await harness.AdvanceAsync(TimeSpan.FromMinutes(65));

        Assert.Equal(JobState.Succeeded, delayed);
        var instants = (await harness.HistoryAsync()).Where(job => job.Schedule == "s").Select(job => job.ScheduledAt).ToList();
        Assert.Equal(instants.Distinct(), instants);
        Assert.Equal(2, instants.Count);
    }

    [Fact]
    public async Task Work_that_never_comes_to_an_end_is_an_error_and_not_a_hang()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("again", (JobContext context) =>
            Task.FromResult<Outcome?>(context.Snooze(TimeSpan.Zero))));

        await Assert.ThrowsAsync<InvalidOperationException>(() => harness.RunAsync(new JobRequest { Handler = "again" }));
    }

    [Fact]
    public async Task Time_does_not_go_back() => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
    {
        await using var harness = await CarillonHarness.StartAsync(Note);
        await harness.AdvanceAsync(TimeSpan.FromTicks(-1));
    });

    [Fact]
    public async Task Two_runs_of_one_test_are_alike()
    {
        async Task<List<Guid>> RunAsync()
        {
            await using var harness = await CarillonHarness.StartAsync(Note);
            await harness.Jobs.EnqueueAsync([.. Enumerable.Repeat(new JobRequest { Handler = "note" }, 5)]);
            return [.. (await harness.HistoryAsync()).Select(job => job.Id)];
        }

        Assert.Equal(await RunAsync(), await RunAsync());
    }

    private void Note(Carillon.Hosting.CarillonBuilder carillon) => carillon.Handle("note", NoteAsync);

    private Task<Outcome?> NoteAsync(JobContext context)
    {
        _runs.Add(context.Clock.GetUtcNow());
        return Task.FromResult<Outcome?>(null);
    }
}
