using System.Net;
using System.Text.Json;
using Carillon.Store;

namespace Carillon.Tests.Rest;

public sealed class JobApiTests
{
    [Fact]
    public async Task A_posted_job_is_answered_in_full_and_found_at_its_location()
    {
        await using var api = await ApiHost.StartAsync();

        var created = await api.PostAsync("/api/v1/jobs", """{"handler":"mail.send","args":{"to" : "a@b.example"},"queue":"mail","priority":5,"delay":"1h30m","tags":["x"],"timeout":"PT5M"}""");
        var found = await api.GetAsync(created.Header("Location")!);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal(created.Text, found.Text);
        Assert.Contains("\"args\":{\"to\" : \"a@b.example\"}", found.Text, StringComparison.Ordinal);
        Assert.Equal("pending", found["state"].GetString());
        Assert.Equal("2027-01-01T13:30:00Z", found["runAt"].GetString());
        Assert.Equal("5m", found["timeout"].GetString());
        Assert.Equal("not due yet", found["waitingFor"].GetString());
    }

    [Fact]
    public async Task A_job_has_every_member_that_is_promised()
    {
        await using var api = await ApiHost.StartAsync();

        var job = await api.PostAsync("/api/v1/jobs", """{"handler":"x"}""");

        string[] promised =
        [
            "id", "handler", "args", "queue", "priority", "state", "reason", "attempt", "ownerLosses", "scheduledAt", "runAt", "createdAt", "startedAt", "finishedAt",
            "node", "error", "result", "progress", "waitingFor", "schedule", "tags",
        ];
        Assert.Empty(promised.Except(job.Json.EnumerateObject().Select(member => member.Name)));
    }

    [Fact]
    public async Task A_job_that_runs_can_be_waited_for_and_gives_its_result_log_and_execution()
    {
        await using var api = await ApiHost.StartWorkingAsync(carillon => carillon.Handle("greet", context =>
        {
            Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(context.Logger, "greeting");
            return Task.FromResult<Outcome?>(new Outcome.Succeeded("""{"said":"hello"}"""));
        }));
        var id = (await api.PostAsync("/api/v1/jobs", """{"handler":"greet"}"""))["id"].GetString();

        var ended = await api.GetAsync($"/api/v1/jobs/{id}/wait?timeout=30s");
        var log = await api.GetAsync($"/api/v1/jobs/{id}/log");
        var executions = await api.GetAsync($"/api/v1/executions?job={id}");

        Assert.Equal("succeeded", ended["state"].GetString());
        Assert.Equal("hello", ended["result"].GetProperty("said").GetString());
        Assert.Equal("greeting", log["items"][0].GetProperty("text").GetString());
        Assert.Equal("succeeded", executions["items"][0].GetProperty("state").GetString());
        Assert.True(executions["items"][0].GetProperty("durationMs").GetInt64() >= 0);
    }

    [Fact]
    public async Task A_repeat_under_one_idempotency_key_is_answered_with_the_same_job()
    {
        await using var api = await ApiHost.StartAsync();
        Task<Answer> Post(string body) => api.SendAsync(HttpMethod.Post, "/api/v1/jobs", body, request => request.Headers.Add("Idempotency-Key", "order-7"));

        var first = await Post("""{"handler":"x","args":{"n":1}}""");
        var repeat = await Post("""{"handler":"x","args":{"n":1}}""");
        var other = await Post("""{"handler":"x","args":{"n":2}}""");
        var both = await Post("""{"handler":"x","key":"k"}""");

        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal(HttpStatusCode.OK, repeat.Status);
        Assert.Equal(first["id"].GetString(), repeat["id"].GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(HttpStatusCode.BadRequest, both.Status);
    }

    [Fact]
    public async Task A_key_keeps_the_job_that_is_there_or_replaces_it()
    {
        await using var api = await ApiHost.StartAsync();
        var first = await api.PostAsync("/api/v1/jobs", """{"handler":"x","key":"k","delay":"1h"}""");

        var kept = await api.PostAsync("/api/v1/jobs", """{"handler":"x","key":"k"}""");
        var replaced = await api.PostAsync("/api/v1/jobs", """{"handler":"x","key":"k","onConflict":"replace","delay":"2h"}""");

        Assert.Equal(HttpStatusCode.OK, kept.Status);
        Assert.Equal(first["id"].GetString(), kept["id"].GetString());
        Assert.Equal(HttpStatusCode.Created, replaced.Status);
        Assert.Equal("2027-01-01T14:00:00Z", replaced["runAt"].GetString());
    }

    [Fact]
    public async Task Many_jobs_are_accepted_all_or_none()
    {
        await using var api = await ApiHost.StartAsync();

        var all = await api.PostAsync("/api/v1/jobs/bulk", """{"jobs":[{"handler":"a"},{"handler":"b"}]}""");
        var none = await api.PostAsync("/api/v1/jobs/bulk", """{"jobs":[{"handler":"c"},{"handler":"d","priority":101}]}""");
        var list = await api.GetAsync("/api/v1/jobs");

        Assert.Equal(HttpStatusCode.Created, all.Status);
        Assert.Equal(2, all["items"].GetArrayLength());
        Assert.Equal("created", all["items"][0].GetProperty("status").GetString());
        Assert.Equal(["jobs[1].priority"], none.Fields);
        Assert.Equal(["b", "a"], list["items"].EnumerateArray().Select(job => job.GetProperty("handler").GetString()));
    }

    [Fact]
    public async Task More_than_a_thousand_jobs_at_once_are_refused()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/jobs/bulk", $"[{string.Join(",", Enumerable.Repeat("""{"handler":"a"}""", 1_001))}]");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["jobs"], answer.Fields);
    }

    [Fact]
    public async Task A_list_is_filtered_and_goes_on_by_its_cursor()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PostAsync("/api/v1/jobs/bulk", """[{"handler":"a"},{"handler":"b","queue":"q"},{"handler":"a"},{"handler":"a"}]""");

        var first = await api.GetAsync("/api/v1/jobs?handler=a&limit=2");
        var second = await api.GetAsync($"/api/v1/jobs?handler=a&limit=2&cursor={first["next"].GetString()}");
        var queue = await api.GetAsync("/api/v1/jobs?queue=q&state=pending,running");

        Assert.Equal(2, first["items"].GetArrayLength());
        Assert.Equal(1, second["items"].GetArrayLength());
        Assert.Equal(JsonValueKind.Null, second["next"].ValueKind);
        Assert.Equal("b", Assert.Single(queue["items"].EnumerateArray()).GetProperty("handler").GetString());
    }

    [Fact]
    public async Task A_cursor_of_another_query_or_a_forged_one_is_refused()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PostAsync("/api/v1/jobs/bulk", """[{"handler":"a"},{"handler":"a"}]""");
        var cursor = (await api.GetAsync("/api/v1/jobs?limit=1"))["next"].GetString()!;
        var forged = (cursor[0] == 'A' ? 'B' : 'A') + cursor[1..];

        foreach (var path in new[] { $"/api/v1/jobs?handler=a&cursor={cursor}", $"/api/v1/executions?cursor={cursor}", $"/api/v1/jobs?cursor={forged}", "/api/v1/jobs?cursor=%00", "/api/v1/jobs?cursor=AAAA" })
        {
            var answer = await api.GetAsync(path);

            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal(["cursor"], answer.Fields);
        }
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=201")]
    [InlineData("limit=1000000000")]
    [InlineData("limit=ten")]
    [InlineData("state=finished")]
    [InlineData("from=yesterday")]
    [InlineData("handlr=a")]
    [InlineData("limit=1&limit=2")]
    public async Task A_query_that_cannot_be_taken_is_refused(string query)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.GetAsync($"/api/v1/jobs?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal([query.Split('=')[0]], answer.Fields.Distinct());
    }

    [Fact]
    public async Task A_waiting_job_is_cancelled_once_and_can_be_retried()
    {
        await using var api = await ApiHost.StartAsync();
        var id = (await api.PostAsync("/api/v1/jobs", """{"handler":"x"}"""))["id"].GetString();

        var cancelled = await api.PostAsync($"/api/v1/jobs/{id}/cancel");
        var again = await api.PostAsync($"/api/v1/jobs/{id}/cancel");
        var retried = await api.PostAsync($"/api/v1/jobs/{id}/retry");
        var journal = await api.GetAsync($"/api/v1/jobs/{id}/journal");

        Assert.Equal("cancelled", cancelled["state"].GetString());
        Assert.Equal("user", cancelled["reason"].GetString());
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Equal("pending", retried["state"].GetString());
        Assert.Equal(["job.enqueue", "job.cancel", "job.retry"], journal["items"].EnumerateArray().Select(entry => entry.GetProperty("data").GetProperty("act").GetString()));
        Assert.Equal("local", journal["items"][0].GetProperty("who").GetString());
    }

    [Fact]
    public async Task What_a_job_waits_for_is_told_with_the_particulars()
    {
        await using var api = await ApiHost.StartAsync();
        await api.AddNodeAsync("node-b", ApiHost.Handler("known"));
        await api.PostAsync("/api/v1/queues/mail/pause", """{"reason":"server moves"}""");
        var parent = (await api.PostAsync("/api/v1/jobs", """{"handler":"unknown"}"""))["id"].GetString();

        var paused = await api.PostAsync("/api/v1/jobs", """{"handler":"known","queue":"mail"}""");
        var child = await api.PostAsync("/api/v1/jobs", $$"""{"handler":"known","after":["{{parent}}"]}""");
        var orphan = await api.GetAsync($"/api/v1/jobs/{parent}");
        var free = await api.PostAsync("/api/v1/jobs", """{"handler":"known"}""");

        Assert.Equal("paused queue", paused["waitingFor"].GetString());
        Assert.Equal("queue 'mail' was paused by local: server moves", paused["waitingDetail"].GetString());
        Assert.Equal("dependency", child["waitingFor"].GetString());
        Assert.Contains(parent!, child["waitingDetail"].GetString(), StringComparison.Ordinal);
        Assert.Equal("no handler", orphan["waitingFor"].GetString());
        Assert.Equal(JsonValueKind.Null, free["waitingFor"].ValueKind);
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("nonsense")]
    [InlineData("..%2F..%2Fetc")]
    public async Task An_id_that_names_no_job_is_not_found(string id)
    {
        await using var api = await ApiHost.StartAsync();

        var texts = new List<string>();
        foreach (var path in new[] { $"/api/v1/jobs/{id}", $"/api/v1/jobs/{id}/wait?timeout=1s", $"/api/v1/jobs/{id}/journal", $"/api/v1/jobs/{id}/log" })
        {
            var answer = await api.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.Status);
            texts.Add(answer["detail"].GetString()!);
        }

        Assert.Single(texts.Distinct());
        Assert.Equal(HttpStatusCode.NotFound, (await api.PostAsync($"/api/v1/jobs/{id}/cancel")).Status);
    }
}
