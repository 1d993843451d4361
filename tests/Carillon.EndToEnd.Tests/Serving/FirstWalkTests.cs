using System.Net;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>What a newcomer does first, with the program as it is built.</summary>
public sealed class FirstWalkTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_new_server_shows_its_heartbeat_takes_a_job_and_a_schedule_and_explains_them()
    {
        await using var server = await ServerProcess.StartAsync(ServerStart.Serve(_directory.Database));

        var schedules = await server.Api.ListAsync("/api/v1/schedules");
        Assert.Contains(schedules, schedule => schedule.GetProperty("name").GetString() == "system_heartbeat");

        var posted = await server.Api.EnqueueAsync("""{"handler":"heartbeat"}""");
        var job = await server.Api.EndAsync(posted);
        Assert.Equal("succeeded", job["state"]);

        (await server.Api.PostAsync("/api/v1/schedules", """{"name":"beat","handler":"heartbeat","every":"1s"}""")).Is(HttpStatusCode.Created);
        var made = await FirstJobOfAsync(server.Api, "beat");
        Assert.Equal("succeeded", (await server.Api.EndAsync(made))["state"]);

        var list = await server.Api.ListAsync("/api/v1/jobs");
        Assert.Superset(new HashSet<Guid> { posted, made }, list.Select(item => item.GetProperty("id").GetGuid()).ToHashSet());
        var why = (await server.Api.GetAsync($"/api/v1/explain/jobs/{posted}")).Is(HttpStatusCode.OK);
        Assert.Contains("succeeded", why.Text, StringComparison.OrdinalIgnoreCase);
        (await server.Api.GetAsync("/api/v1/explain/schedules/beat")).Is(HttpStatusCode.OK);
        Assert.Equal(0, await server.TerminateAsync());
    }

    [Fact]
    public async Task Everything_is_still_there_after_kill_9()
    {
        Guid ended, delayed;
        await using (var first = await ServerProcess.StartAsync(ServerStart.Serve(_directory.Database)))
        {
            ended = await first.Api.EnqueueAsync("""{"handler":"heartbeat"}""");
            await first.Api.EndAsync(ended);
            (await first.Api.PostAsync("/api/v1/schedules", """{"name":"yearly","handler":"heartbeat","cron":"0 0 1 1 *"}""")).Is(HttpStatusCode.Created);
            delayed = await first.Api.EnqueueAsync("""{"handler":"heartbeat","delay":"1h"}""");
            await first.KillAsync();
        }

        await using var second = await ServerProcess.StartAsync(ServerStart.Serve(_directory.Database));

        Assert.Equal("succeeded", (await second.Api.JobAsync(ended))["state"]);
        Assert.Equal("pending", (await second.Api.JobAsync(delayed))["state"]);
        (await second.Api.GetAsync("/api/v1/schedules/yearly")).Is(HttpStatusCode.OK);
    }

    private static async Task<Guid> FirstJobOfAsync(Api api, string schedule) =>
        (await Poll.UntilAsync(() => api.ListAsync($"/api/v1/jobs?schedule={schedule}"), jobs => jobs.Count > 0, $"a job of '{schedule}'"))[^1].GetProperty("id").GetGuid();
}
