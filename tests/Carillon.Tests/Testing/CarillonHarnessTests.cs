using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Testing;

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
            await Task.Delay(TimeSpan.FromDays(30), context.Clock, context.CancellationToken);
            return null;
        }));
        var job = await harness.RunAsync(new JobRequest { Handler = "hangs", Timeout = Minute, Retry = new RetryPolicy { Attempts = 1 } });

        await harness.AdvanceAsync(Minute);

        var ended = await harness.GetAsync(job.Id);
        Assert.Equal((JobState.Running, JobState.Dead), (job.State, ended.State));
        Assert.Contains("timed out", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_handler_has_ended_when_the_call_returns()
    {
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("hangs", async (JobContext context) =>
        {
            await Task.Delay(TimeSpan.FromDays(30), context.Clock, context.CancellationToken);
            return null;
        }));
        var job = await harness.RunAsync(new JobRequest { Handler = "hangs", Timeout = TimeSpan.FromDays(7) });

        await harness.Jobs.CancelAsync(new JobFilter { Ids = [job.Id] }, Ada);
        await harness.RunDueAsync();

        var ended = await harness.GetAsync(job.Id);
        Assert.Equal((JobState.Running, JobState.Cancelled, "user"), (job.State, ended.State, ended.Reason));
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

    private void Note(Carillon.Hosting.CarillonBuilder carillon) => carillon.Handle("note", NoteAsync);

    private Task<Outcome?> NoteAsync(JobContext context)
    {
        _runs.Add(context.Clock.GetUtcNow());
        return Task.FromResult<Outcome?>(null);
    }
}
