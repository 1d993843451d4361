using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Testing;

public sealed class CarillonHarnessRunTests
{
    private static readonly Act Ada = new("ada", "test", "schedule.put");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly List<DateTimeOffset> _runs = [];

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
