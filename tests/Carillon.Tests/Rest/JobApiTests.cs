using System.Net;
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
    public async Task A_job_that_runs_can_be_waited_for_and_gives_its_result_and_log()
    {
        await using var api = await ApiHost.StartWorkingAsync(carillon => carillon.Handle("greet", context =>
        {
            Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(context.Logger, "greeting");
            return Task.FromResult<Outcome?>(new Outcome.Succeeded("""{"said":"hello"}"""));
        }));
        var id = (await api.PostAsync("/api/v1/jobs", """{"handler":"greet"}"""))["id"].GetString();

        var ended = await api.GetAsync($"/api/v1/jobs/{id}/wait?timeout=30s");
        var log = await api.GetAsync($"/api/v1/jobs/{id}/log");

        Assert.Equal("succeeded", ended["state"].GetString());
        Assert.Equal("hello", ended["result"].GetProperty("said").GetString());
        Assert.Equal("greeting", log["items"][0].GetProperty("text").GetString());
    }
}
