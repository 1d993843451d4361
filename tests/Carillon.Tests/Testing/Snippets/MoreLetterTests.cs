using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Testing;

namespace Carillon.Tests.Testing.Snippets;

// What docs/testing.md shows further on: run here, and compared by DocumentationTests.
public sealed class MoreLetterTests
{
    private readonly Post _post = new();

    private void Build(CarillonBuilder carillon) => carillon
        .Handle("letters.send", (Letter letter, JobContext job) => _post.SendAsync(letter, job))
        .Handle("letters.remind", async (Letter letter, JobContext job) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(20), job.Clock, job.CancellationToken);
            await _post.SendAsync(letter, job);
        });

    [Fact]
    public async Task A_letter_goes_out_at_seven_also_when_the_clocks_change()
    {
        var act = new Act("test", "test", "schedule.put");
        await using var carillon = await CarillonHarness.StartAsync(Build, start: new DateTimeOffset(2027, 3, 27, 0, 0, 0, TimeSpan.Zero));
        await carillon.Schedules.PutAsync(new ScheduleRequest
        {
            Name = "morning",
            Handler = "letters.send",
            Args = """{"to":"Ada"}"""u8.ToArray(),
            Kind = RecurrenceKind.Cron,
            Expression = "0 7 * * *",
            Zone = "Europe/Zurich",
        }, act);

        await carillon.AdvanceAsync(TimeSpan.FromDays(2));

        var hours = (await carillon.HistoryAsync()).Select(job => job.ScheduledAt.Hour);
        Assert.Equal([6, 5], hours); // UTC: the night between them has 23 hours
    }

    [Fact]
    public async Task A_reminder_that_is_cancelled_is_not_sent()
    {
        await using var carillon = await CarillonHarness.StartAsync(Build);
        var job = await carillon.RunAsync("letters.remind", new Letter("Ada"));

        await carillon.Jobs.CancelAsync(new JobFilter { Ids = [job.Id] }, new Act("test", "test", "job.cancel"));
        await carillon.AdvanceAsync(TimeSpan.FromDays(30));

        Assert.Equal(JobState.Cancelled, (await carillon.GetAsync(job.Id)).State);
        Assert.Empty(_post.Sent);
    }

    [Fact]
    public async Task What_the_handler_logs_is_in_the_jobs_log()
    {
        await using var carillon = await CarillonHarness.StartAsync(Build);

        var job = await carillon.RunAsync("letters.send", new Letter("Ada"));

        Assert.Equal(["Sent to Ada"], await carillon.LogAsync(job.Id));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_sends_no_letter_twice()
    {
        await using var carillon = await CarillonHarness.StartAsync(Build);
        await carillon.RunAsync("letters.send", new Letter("Ada"));

        carillon.Clock.Step(TimeSpan.FromHours(-1));
        await carillon.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal(["Ada"], _post.Sent);
    }
}
