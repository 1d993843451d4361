using System.Text.Json;
using Carillon.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Tests.Rest;

public sealed class EnqueueAuditTests
{
    [Fact]
    public async Task A_job_that_a_caller_hands_in_is_an_act_about_the_job()
    {
        await using var api = await ApiHost.StartAsync();
        var admin = await AccessTests.CreateKeyAsync(api, "anna", "admin");

        var id = (await api.PostAsync("/api/v1/jobs", """{"handler":"x","queue":"mail","key":"k","args":{"password":"p"}}""", admin))["id"].GetString();
        var entry = Assert.Single((await api.GetAsync($"/api/v1/audit?subject=job:{id}", admin))["items"].EnumerateArray());
        var explained = await api.GetAsync($"/api/v1/explain/jobs/{id}", admin);

        Assert.Equal(("anna", "127.0.0.1", "job.enqueue"), (Text(entry, "who"), Text(entry, "from"), Text(entry, "what")));
        Assert.Equal("""{"handler":"x","queue":"mail","key":"k"}""", entry.GetProperty("after").GetRawText());
        Assert.Contains("anna (from 127.0.0.1) enqueued it, for the handler 'x' on the queue 'mail'.", explained.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_jobs_of_one_call_are_one_act_about_their_queue()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/jobs/bulk", """{"jobs":[{"handler":"x","queue":"mail"},{"handler":"x","queue":"mail"},{"handler":"y"}]}""");
        var entry = Assert.Single((await api.GetAsync("/api/v1/audit"))["items"].EnumerateArray());

        var ids = answer["items"].EnumerateArray().Select(item => item.GetProperty("id").GetString()).ToList();
        Assert.Equal(("local", "job.enqueue", "mail"), (Text(entry, "who"), Text(entry, "what"), Text(entry.GetProperty("subject"), "id")));
        Assert.Equal(
            $$"""{"count":3,"firstJob":"{{ids[0]}}","lastJob":"{{ids[2]}}","handlers":["x","y"],"queues":["mail","default"]}""", entry.GetProperty("after").GetRawText());
    }

    [Theory]
    [InlineData("""{"handler":"x","key":"k"}""")]
    [InlineData("""{"handler":"x","after":["0199aaaa-0000-7000-8000-000000000000"]}""")]
    public async Task A_call_that_makes_no_job_is_no_act(string body)
    {
        await using var api = await ApiHost.StartAsync();
        await api.Services.GetRequiredService<JobClient>().EnqueueAsync(new JobRequest { Handler = "x", Key = "k" });

        await api.PostAsync("/api/v1/jobs", body);

        Assert.Empty((await api.GetAsync("/api/v1/audit"))["items"].EnumerateArray());
    }

    [Fact]
    public async Task A_job_of_the_hosts_own_code_is_no_persons_act()
    {
        await using var api = await ApiHost.StartAsync();

        await api.Services.GetRequiredService<JobClient>().EnqueueAsync(new JobRequest { Handler = "x" });

        Assert.Empty((await api.GetAsync("/api/v1/audit"))["items"].EnumerateArray());
    }

    [Fact]
    public async Task A_schedules_arguments_stand_readable_in_its_act()
    {
        await using var api = await ApiHost.StartAsync();

        await api.PostAsync("/api/v1/schedules", """{"name":"s","handler":"x","every":"1h","args":{"to":"Ada"}}""");
        var entry = (await api.GetAsync("/api/v1/audit?subject=schedule:s"))["items"][0];

        Assert.Equal("Ada", entry.GetProperty("after").GetProperty("args").GetProperty("to").GetString());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
