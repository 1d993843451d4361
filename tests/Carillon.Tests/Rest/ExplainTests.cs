using System.Net;
using Carillon.Cluster;
using Carillon.Store;

namespace Carillon.Tests.Rest;

public sealed class ExplainTests
{
    [Fact]
    public async Task A_job_that_nobody_can_run_says_so_and_what_to_do()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await EnqueueAsync(api, """{"handler":"mail.send"}""");

        var explanation = await api.GetAsync($"/api/v1/explain/jobs/{id}");

        Assert.Equal("It has not begun: no handler — no live node has a handler named 'mail.send'; start one that has, or cancel the job.", explanation["answer"].GetString());
        Assert.Equal(explanation["answer"].GetString(), explanation["facts"][0].GetProperty("text").GetString());
        Assert.Equal("local (from 127.0.0.1) enqueued it, for the handler 'mail.send' on the queue 'default'.", explanation["facts"][1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_job_of_a_trigger_says_that_a_person_had_it_made()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PostAsync("/api/v1/schedules", """{"name":"s","handler":"x","every":"1h"}""");
        var id = (await api.PostAsync("/api/v1/schedules/s/trigger"))["id"].GetString();

        var explanation = await api.GetAsync($"/api/v1/explain/jobs/{id}");

        Assert.Equal("The schedule 's' was triggered by hand and made it, for the handler 'x' on the queue 'default'.", explanation["facts"][1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_job_that_is_not_due_says_when_it_is()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await EnqueueAsync(api, """{"handler":"x","delay":"90m"}""");

        Assert.Equal("It is not due yet: it runs at 2027-01-01 13:30:00.000 UTC.", await AnswerAsync(api, id));
    }

    [Fact]
    public async Task A_cancelled_job_names_who_and_from_where()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await EnqueueAsync(api, """{"handler":"x"}""");
        await api.PostAsync($"/api/v1/jobs/{id}/cancel");

        Assert.Equal("It was cancelled by local (from 127.0.0.1) at 2027-01-01 12:00:00.000 UTC.", await AnswerAsync(api, id));
    }

    [Fact]
    public async Task A_failed_job_tells_its_error_and_when_it_is_retried_and_then_that_it_is_dead()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await EnqueueAsync(api, """{"handler":"x","retry":{"attempts":2}}""");
        await FinishAsync(api, now => new Outcome.Retry(now + TimeSpan.FromMinutes(5), "Connection refused\n   at Mail.Send()"));

        var retried = await AnswerAsync(api, id);
        api.Clock.Advance(TimeSpan.FromMinutes(5));
        await FinishAsync(api, _ => new Outcome.Dead("attempts", "Connection refused"));
        var dead = await api.GetAsync($"/api/v1/explain/jobs/{id}");

        Assert.Equal("It failed once and is retried at 2027-01-01 12:05:01.000 UTC; the last error was: Connection refused.", retried);
        Assert.StartsWith("It is dead: attempt 2, the last one, failed at 2027-01-01 12:05:02.000 UTC: Connection refused. Retry it", dead["answer"].GetString(), StringComparison.Ordinal);
        Assert.Equal("Attempt 1 on node node-w failed after 1s: Connection refused.", dead["facts"][2].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_succeeded_job_tells_where_and_how_long()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await EnqueueAsync(api, """{"handler":"x"}""");
        await FinishAsync(api, _ => new Outcome.Succeeded());

        Assert.Equal("It ran on node node-w and succeeded at 2027-01-01 12:00:01.000 UTC after 1s.", await AnswerAsync(api, id));
    }

    [Fact]
    public async Task A_job_whose_node_was_lost_three_times_is_quarantined()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await EnqueueAsync(api, """{"handler":"x"}""");
        for (var i = 0; i < 3; i++)
        {
            await ClaimAsync(api);
            api.Clock.Advance(TimeSpan.FromHours(2));
            await api.Store.ReclaimAsync(api.Clock.GetUtcNow(), CancellationToken.None);
        }

        var explanation = await api.GetAsync($"/api/v1/explain/jobs/{id}");

        Assert.Contains("quarantined", explanation["answer"].GetString(), StringComparison.Ordinal);
        Assert.Equal("Node node-w was lost while it ran attempt 1; the attempt does not count.", explanation["facts"][2].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_job_that_waits_for_another_names_it()
    {
        await using var api = await ApiHost.StartAsync();
        var parent = await EnqueueAsync(api, """{"handler":"x"}""");
        var child = await EnqueueAsync(api, $$"""{"handler":"x","after":["{{parent}}"]}""");

        Assert.Equal($"It waits: it waits for the end of {parent}.", await AnswerAsync(api, child));
    }

    [Fact]
    public async Task A_paused_schedule_names_who_when_and_why()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h"}""");
        await api.PostAsync("/api/v1/schedules/s/pause", """{"reason":"stocktaking"}""");

        var explanation = await api.GetAsync("/api/v1/explain/schedules/s");

        Assert.Equal("It is paused by local since 2027-01-01 12:00:00.000 UTC (stocktaking); it makes no job until it is resumed.", explanation["answer"].GetString());
    }

    [Fact]
    public async Task A_live_schedule_tells_its_next_instant_and_its_last_job()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","cron":"0 9 * * *","zone":"Europe/Berlin"}""");

        var fresh = await api.GetAsync("/api/v1/explain/schedules/s");
        var job = (await api.PostAsync("/api/v1/schedules/s/trigger"))["id"].GetString();
        var triggered = await api.GetAsync("/api/v1/explain/schedules/s");

        Assert.Equal("It fires next at 2027-01-02 09:00:00.000 +01:00 in Europe/Berlin (2027-01-02 08:00:00.000 UTC). It has made no job that is still kept.", fresh["answer"].GetString());
        Assert.Contains($"It was triggered by hand ({job}): it waits: no handler", triggered["answer"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_schedule_names_who_removed_it()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h"}""");
        await api.DeleteAsync("/api/v1/schedules/s");

        var explanation = await api.GetAsync("/api/v1/explain/schedules/s");

        Assert.Equal("There is no schedule 's' any more: local (from 127.0.0.1) removed it at 2027-01-01 12:00:00.000 UTC.", explanation["answer"].GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/explain/schedules/t")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/explain/jobs/nonsense")).Status);
    }

    [Fact]
    public async Task Skipped_instants_are_told_with_their_reason()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h"}""");
        api.Clock.Advance(TimeSpan.FromMinutes(150));
        await api.PostAsync("/api/v1/schedules/s/pause");
        await api.PostAsync("/api/v1/schedules/s/resume");

        var explanation = await api.GetAsync("/api/v1/explain/schedules/s");

        Assert.Contains("2 instants from 2027-01-01 13:00:00.000 UTC to 2027-01-01 14:00:00.000 UTC were skipped: the schedule was paused.", explanation["answer"].GetString(), StringComparison.Ordinal);
    }

    private static async Task<string> EnqueueAsync(ApiHost api, string body) => (await api.PostAsync("/api/v1/jobs", body))["id"].GetString()!;

    private static async Task<string?> AnswerAsync(ApiHost api, string id) => (await api.GetAsync($"/api/v1/explain/jobs/{id}"))["answer"].GetString();

    private static async Task<Job> ClaimAsync(ApiHost api)
    {
        var manifest = new NodeManifest("node-w", "1", 1, api.Clock.GetUtcNow(), 10, [ApiHost.Handler("x")]);
        var lease = await api.Store.AcquireAsync("node/node-w", "node-w", TimeSpan.FromHours(1), manifest.ToJson(), api.Clock.GetUtcNow(), CancellationToken.None);
        var request = new ClaimRequest { Node = "node-w", NodeToken = lease!.Token, Limit = 10, Handlers = new Dictionary<string, int?> { ["x"] = null } };
        return (await api.Store.ClaimAsync(request, api.Clock.GetUtcNow(), CancellationToken.None)).Jobs[0];
    }

    private static async Task FinishAsync(ApiHost api, Func<DateTimeOffset, Outcome> end)
    {
        var job = await ClaimAsync(api);
        var began = api.Clock.GetUtcNow();
        api.Clock.Advance(TimeSpan.FromSeconds(1));
        var now = api.Clock.GetUtcNow();
        await api.Store.FinishAsync([new Finish(job, end(now)) { StartedAt = began, EndedAt = now }], now, CancellationToken.None);
    }
}
