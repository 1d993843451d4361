using System.Diagnostics;
using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Faults;

/// <summary>The machine's wall clock jumps while the server runs; its monotonic clock does not.</summary>
[Trait("Category", "Faults")]
public sealed class ClockJumpTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [FaketimeFact]
    public async Task An_hour_forward_makes_one_job_of_the_missed_instants_records_the_others_and_goes_on()
    {
        var clock = new FakeClock(_directory.PathOf("clock"));
        await using var server = await ServerProcess.StartAsync(clock.Apply(ServerStart.Host(_directory.Database, _directory.Oracle.Path)));
        clock.JumpBeforeMinute(TimeSpan.FromSeconds(40));
        (await server.Api.PostAsync("/api/v1/schedules", """{"name":"minutely","handler":"work","cron":"* * * * *"}""")).Is(HttpStatusCode.Created);
        var long1h = await server.Api.EnqueueAsync("""{"handler":"work","delay":"30m"}""");

        var from = server.Output.Count;
        clock.Jump(Hour);
        await server.SeesAsync("stepped forward", from);
        var caughtUp = Assert.Single(await JobsOfAsync(server.Api, "minutely", count: 1));
        Assert.Equal("succeeded", (await server.Api.EndAsync(caughtUp.Id))["state"]);

        clock.JumpBeforeMinute(TimeSpan.FromSeconds(3));
        var both = await JobsOfAsync(server.Api, "minutely", count: 2);
        await server.Api.EndAsync(both[^1].Id);
        Assert.Equal("pending", (await server.Api.JobAsync(long1h))["state"]);
        Assert.Equal(0, await server.TerminateAsync());

        using var file = new StoreFileView(_directory.Database);
        Assert.Equal("2", Assert.Single(file.Column("select count(*) from job_done where schedule = 'minutely'")));
        var skipped = Number(Assert.Single(file.Column("select sum(json_extract(data, '$.count')) from journal where kind = 'skipped' and subject = 'minutely'")));
        var instants = (both[1].ScheduledAt - both[0].ScheduledAt).TotalMinutes;
        Assert.Equal(1, instants);
        Assert.InRange(skipped, 58, 60);
    }

    [FaketimeFact]
    public async Task An_hour_back_repeats_no_instant_and_moves_neither_delays_nor_time_outs()
    {
        var clock = new FakeClock(_directory.PathOf("clock"));
        await using var server = await ServerProcess.StartAsync(clock.Apply(ServerStart.Host(_directory.Database, _directory.Oracle.Path)));
        (await server.Api.PostAsync("/api/v1/schedules", """{"name":"second","handler":"work","every":"1s"}""")).Is(HttpStatusCode.Created);
        await JobsOfAsync(server.Api, "second", count: 2);
        var limited = await server.Api.EnqueueAsync("""{"handler":"hold","timeout":"4s","retry":{"attempts":1}}""");
        await _directory.Oracle.BeganAsync(limited);
        var sentAt = Stopwatch.GetTimestamp();
        var delayed = await server.Api.EnqueueAsync("""{"handler":"work","delay":"3s"}""");

        var from = server.Output.Count;
        clock.Jump(-Hour);
        await server.SeesAsync("stepped back", from);
        var madeBefore = await JobsOfAsync(server.Api, "second", count: 2);
        var nextAt = (await server.Api.GetAsync("/api/v1/schedules/second"))["nextAt"];

        var atOnce = await server.Api.EnqueueAsync("""{"handler":"work"}""");
        Assert.Equal("succeeded", (await server.Api.EndAsync(atOnce))["state"]);
        Assert.Equal("succeeded", (await server.Api.EndAsync(delayed))["state"]);
        Assert.Equal("dead", (await server.Api.EndAsync(limited))["state"]);
        AssertBetween(3, 8, _directory.Oracle.Of(delayed)[0].Since(sentAt));
        var hold = _directory.Oracle.Of(limited);
        Assert.Equal(["start", "stopped-Timeout"], hold.Select(line => line.What));
        // The time-out began a moment before the handler could write its first line.
        AssertBetween(3.5, 9, hold[1].Since(hold[0].At));
        Assert.Equal(nextAt, (await server.Api.GetAsync("/api/v1/schedules/second"))["nextAt"]);
        Assert.Equal(madeBefore.Count, (await JobsOfAsync(server.Api, "second", count: 2)).Count);

        clock.Jump(Hour);
        await JobsOfAsync(server.Api, "second", count: madeBefore.Count + 2);
        Assert.Equal(0, await server.TerminateAsync());
        using var file = new StoreFileView(_directory.Database);
        Assert.Empty(file.Column("select scheduled_at from (select schedule, scheduled_at from job union all select schedule, scheduled_at from job_done) where schedule is not null group by schedule, scheduled_at having count(*) > 1"));
    }

    // Oldest first, as soon as there are so many.
    private static async Task<IReadOnlyList<(Guid Id, DateTimeOffset ScheduledAt)>> JobsOfAsync(Api api, string schedule, int count)
    {
        var jobs = await Poll.UntilAsync(() => api.ListAsync($"/api/v1/jobs?schedule={schedule}"), jobs => jobs.Count >= count, $"{count} jobs of '{schedule}'");
        return [.. jobs.Select(job => (job.GetProperty("id").GetGuid(), job.GetProperty("scheduledAt").GetDateTimeOffset())).OrderBy(job => job.Item2)];
    }

    private static void AssertBetween(double from, double to, TimeSpan time) => Assert.InRange(time, TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
