using System.Net;
using System.Text.Json;
using Carillon.Store;

namespace Carillon.Tests.Rest;

public sealed class CompatibilityTests
{
    private const string Jobs = "/api/v1/scheduler/jobs";

    [Fact]
    public async Task A_job_of_the_older_clients_is_a_schedule()
    {
        await using var api = await ApiHost.StartAsync();

        var created = await api.PostAsync(Jobs, """{"name":"Domain User Sync (Hourly)","description":"d","task_function_name":"sync_domain_users","job_type_name":"interval","schedule_config":{"hours":1,"minutes":0,"seconds":0},"task_args":{"retention_days":7},"is_enabled":true,"queue":"ad_queue"}""");
        var list = await api.GetAsync(Jobs);
        var native = await api.GetAsync($"/api/v1/schedules/{Uri.EscapeDataString("Domain User Sync (Hourly)")}");

        Assert.Equal(HttpStatusCode.Created, created.Status);
        var job = list["jobs"][0];
        Assert.Equal(created["id"].GetString(), job.GetProperty("id").GetString());
        Assert.Equal("sync_domain_users", job.GetProperty("task_function_name").GetString());
        Assert.Equal("interval", job.GetProperty("job_type_name").GetString());
        Assert.Equal("{\"hours\":1,\"minutes\":0,\"seconds\":0}", job.GetProperty("schedule_config").GetRawText());
        Assert.Equal(7, job.GetProperty("task_args").GetProperty("retention_days").GetInt32());
        Assert.True(job.GetProperty("is_enabled").GetBoolean());
        Assert.Equal(JsonValueKind.Null, job.GetProperty("lastRunTime").ValueKind);
        Assert.Equal("2027-01-01T13:00:00Z", job.GetProperty("nextRunTime").GetString());
        Assert.Equal(created["id"].GetString(), native["id"].GetString());
        Assert.Equal("ad_queue", native["queue"].GetString());
        Assert.Equal("1h", native["every"].GetString());
    }

    [Theory]
    [InlineData("/api/v1/scheduler/jobs")]
    [InlineData("/api/v1/schedules")]
    public async Task The_oldest_shape_is_understood_on_both_paths(string path)
    {
        await using var api = await ApiHost.StartAsync();

        var created = await api.PostAsync(path, """{"task_id":"00000000-0000-0000-0000-000000000001","name":"beat","cron_expression":"0 */5 * * * *","enabled":false,"metadata":{"team":"ops"},"output_destinations":["stdio"]}""");

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal("00000000-0000-0000-0000-000000000001", created["task_id"].GetString());
        Assert.Equal("system_heartbeat", created["task_function_name"].GetString());
        Assert.Equal("0 */5 * * * *", created["cron_expression"].GetString());
        Assert.False(created["enabled"].GetBoolean());
        Assert.Equal("ops", created["metadata"].GetProperty("team").GetString());
        Assert.Equal("stdio", created["output_destinations"][0].GetString());
        string[] promised = ["id", "task_id", "name", "description", "cron_expression", "enabled", "next_run", "last_run", "created_at", "updated_at", "metadata", "output_destinations"];
        Assert.Empty(promised.Except(created.Json.EnumerateObject().Select(member => member.Name)));
    }

    [Fact]
    public async Task A_put_changes_what_it_names_and_takes_back_what_was_read()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","args":{"a":1},"cron":"0 9 * * *","zone":"Europe/Berlin","overlap":"allow","timeout":"5m"}""");
        var read = (await api.GetAsync(Jobs))["jobs"][0];
        var id = read.GetProperty("id").GetString();

        var same = await api.PutAsync($"{Jobs}/{id}", read.GetRawText());
        var disabled = await api.PutAsync($"{Jobs}/{id}", """{"is_enabled":false}""");
        var native = await api.GetAsync("/api/v1/schedules/s");

        Assert.Equal(HttpStatusCode.OK, same.Status);
        Assert.False(disabled["is_enabled"].GetBoolean());
        Assert.Equal("allow", native["overlap"].GetString());
        Assert.Equal("Europe/Berlin", native["zone"].GetString());
        Assert.Equal("5m", native["timeout"].GetString());
        Assert.Equal(1, native["args"].GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task Jobs_are_enabled_disabled_triggered_and_deleted_by_id()
    {
        await using var api = await ApiHost.StartAsync();
        var id = (await api.PostAsync(Jobs, """{"name":"n","task_function_name":"x","schedule_config":{"date":"2027-06-01T09:00:00Z"}}"""))["id"].GetString();

        var disabled = await api.PostAsync($"{Jobs}/{id}/disable");
        var enabled = await api.PostAsync($"{Jobs}/{id}/enable");
        var triggered = await api.PostAsync($"{Jobs}/{id}/trigger");
        var deleted = await api.DeleteAsync($"{Jobs}/{id}");
        var gone = await api.GetAsync($"{Jobs}/{id}");

        Assert.False(disabled["is_enabled"].GetBoolean());
        Assert.True(enabled["is_enabled"].GetBoolean());
        Assert.Equal(id, triggered["job_id"].GetString());
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync($"/api/v1/jobs/{triggered["execution_id"].GetString()}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal(HttpStatusCode.NotFound, gone.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.PostAsync($"{Jobs}/nonsense/trigger")).Status);
    }

    [Theory]
    [InlineData("""{"name":"n","task_function_name":"x"}""", "schedule_config")]
    [InlineData("""{"name":"n","task_function_name":"x","schedule_config":{"hours":0}}""", "schedule_config")]
    [InlineData("""{"name":"n","task_function_name":"x","schedule_config":{"hour":1}}""", "schedule_config.hour")]
    [InlineData("""{"name":"n","task_function_name":"x","schedule_config":{"cron":"nonsense"}}""", "schedule_config")]
    [InlineData("""{"name":"n","task_function_name":"x","job_type_name":"cron","schedule_config":{"hours":1}}""", "job_type_name")]
    [InlineData("""{"name":"n","schedule_config":{"hours":1}}""", "task_function_name")]
    [InlineData("""{"task_function_name":"x","schedule_config":{"hours":1}}""", "name")]
    [InlineData("""{"name":"n","task_function_name":"x","schedule_config":{"hours":1},"is_enabled":true,"enabled":false}""", "enabled")]
    [InlineData("""{"name":"n","task_function_nam":"x","schedule_config":{"hours":1}}""", "task_function_nam")]
    public async Task A_job_that_cannot_be_taken_is_refused_in_the_callers_words(string body, string field)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync(Jobs, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal([field], answer.Fields);
    }

    [Fact]
    public async Task Executions_come_by_page_with_the_older_names()
    {
        await using var api = await ApiHost.StartWorkingAsync(carillon => carillon
            .Handle("good", _ => Task.CompletedTask)
            .Handle("bad", (Carillon.Jobs.JobContext _) => Task.FromResult<Outcome?>(new Outcome.Dead("error", "it broke"))));
        var id = (await api.PostAsync(Jobs, """{"name":"n","task_function_name":"good","schedule_config":{"hours":1}}"""))["id"].GetString();
        foreach (var handler in new[] { "bad", "good", "good" })
        {
            var job = await api.PostAsync("/api/v1/jobs", $$"""{"handler":"{{handler}}"}""");
            await api.GetAsync($"/api/v1/jobs/{job["id"].GetString()}/wait");
        }

        var run = (await api.PostAsync($"{Jobs}/{id}/trigger"))["execution_id"].GetString();
        await api.GetAsync($"/api/v1/jobs/{run}/wait");
        var first = await api.GetAsync("/api/v1/scheduler/executions?per_page=3&page=1&sort=anything");
        var second = await api.GetAsync("/api/v1/scheduler/executions?per_page=3&page=2");
        var ofJob = await api.GetAsync($"/api/v1/scheduler/executions?job_id={id}");

        Assert.Equal(3, first["executions"].GetArrayLength());
        Assert.True(first["has_more"].GetBoolean());
        Assert.Equal(id, first["executions"][0].GetProperty("job_id").GetString());
        Assert.Equal("success", first["executions"][0].GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.String, first["executions"][0].GetProperty("started_at").ValueKind);
        Assert.Equal("failed", Assert.Single(second["executions"].EnumerateArray()).GetProperty("status").GetString());
        Assert.False(second["has_more"].GetBoolean());
        Assert.Equal(1, ofJob["executions"].GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/v1/scheduler/executions?per_page=0")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/v1/scheduler/executions?page=100000")).Status);
    }

    [Fact]
    public async Task Job_types_and_task_functions_are_listed()
    {
        await using var api = await ApiHost.StartAsync();
        await api.AddNodeAsync("node-b", ApiHost.Handler("sync_domain_users"));

        var types = await api.GetAsync("/api/v1/scheduler/job-types");
        var functions = await api.GetAsync("/api/v1/scheduler/task-functions");

        Assert.Equal(["interval", "cron", "date"], types["job_types"].EnumerateArray().Select(type => type.GetProperty("name").GetString()));
        Assert.Equal("sync_domain_users", functions["task_functions"][0].GetProperty("name").GetString());
    }
}
