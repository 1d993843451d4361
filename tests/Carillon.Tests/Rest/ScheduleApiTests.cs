using System.Net;
using System.Text.Json;

namespace Carillon.Tests.Rest;

public sealed class ScheduleApiTests
{
    [Fact]
    public async Task A_schedule_is_made_found_changed_and_removed()
    {
        await using var api = await ApiHost.StartAsync();

        var created = await api.PostAsync("/api/v1/schedules", """{"name":"nightly","handler":"report","args":{"k":1},"cron":"30 3 * * *","zone":"Europe/Berlin","retry":{"attempts":3},"timeout":"10m","misfire":{"policy":"skip","window":"1h"},"overlap":"queue","jitter":"30s","description":"d"}""");
        var again = await api.PostAsync("/api/v1/schedules", """{"name":"nightly","handler":"report","cron":"30 3 * * *"}""");
        var changed = await api.PutAsync("/api/v1/schedules/nightly", """{"handler":"report","every":"1h"}""");
        var removed = await api.DeleteAsync("/api/v1/schedules/nightly");
        var gone = await api.DeleteAsync("/api/v1/schedules/nightly");

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal("/api/v1/schedules/nightly", created.Header("Location"));
        Assert.Equal("2027-01-02T02:30:00Z", created["nextAt"].GetString());
        Assert.Equal("Europe/Berlin", created["zone"].GetString());
        Assert.Equal("skip", created["misfire"].GetProperty("policy").GetString());
        Assert.Equal("queue", created["overlap"].GetString());
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal("1h", changed["every"].GetString());
        Assert.False(changed.Json.TryGetProperty("cron", out _));
        Assert.Equal(created["id"].GetString(), changed["id"].GetString());
        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        Assert.Equal(HttpStatusCode.NotFound, gone.Status);
    }

    [Fact]
    public async Task Its_jobs_belong_to_its_group_and_are_found_by_it()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PostAsync("/api/v1/jobs", """{"handler":"x","group":"other"}""");

        var put = await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h","group":"acme"}""");
        var triggered = await api.PostAsync("/api/v1/schedules/s/trigger");
        var found = await api.GetAsync("/api/v1/jobs?group=acme");
        var blank = await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h","group":" "}""");
        var without = await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h"}""");

        Assert.Equal(("acme", "acme"), (put["group"].GetString(), triggered["group"].GetString()));
        Assert.Equal(triggered["id"].GetString(), Assert.Single(found["items"].EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, blank.Status);
        Assert.Contains("group", blank.Text, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, without["group"].ValueKind);
    }

    [Theory]
    [InlineData("Token Cleanup (Daily)")]
    [InlineData("grüße 🎉")]
    [InlineData("a/b")]
    [InlineData("100%")]
    public async Task A_name_may_be_any_printable_text(string name)
    {
        await using var api = await ApiHost.StartAsync();
        var path = $"/api/v1/schedules/{Uri.EscapeDataString(name)}";

        var put = await api.PutAsync(path, """{"handler":"x","every":"1h"}""");
        var found = await api.GetAsync(put.Header("Location")!);

        Assert.Equal(HttpStatusCode.Created, put.Status);
        Assert.Equal(name, found["name"].GetString());
    }

    [Fact]
    public async Task Operators_pause_resume_and_trigger()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h"}""");

        var paused = await api.PostAsync("/api/v1/schedules/s/pause", """{"reason":"stocktaking"}""");
        var stillPaused = await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h","description":"new"}""");
        var triggered = await api.PostAsync("/api/v1/schedules/s/trigger");
        var resumed = await api.PostAsync("/api/v1/schedules/s/resume");
        var audit = await api.GetAsync("/api/v1/audit?subject=schedule:s");

        Assert.Equal("paused", paused["mode"].GetString());
        Assert.Equal("local", paused["pausedBy"].GetString());
        Assert.Equal("stocktaking", stillPaused["pauseReason"].GetString());
        Assert.Equal(HttpStatusCode.Created, triggered.Status);
        Assert.Equal("s", triggered["schedule"].GetString());
        Assert.Equal("live", resumed["mode"].GetString());
        Assert.Equal(
            ["schedule.resume", "schedule.trigger", "schedule.put", "schedule.pause", "schedule.put"],
            audit["items"].EnumerateArray().Select(entry => entry.GetProperty("what").GetString()));
        Assert.Equal(JsonValueKind.Null, audit["items"][4].GetProperty("before").ValueKind);
    }

    [Fact]
    public async Task The_instants_to_come_are_shown_in_its_zone()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","cron":"0 9 * * *","zone":"Europe/Berlin"}""");

        var next = await api.GetAsync("/api/v1/schedules/s/next?count=2");

        Assert.Equal(
            [("2027-01-02T08:00:00Z", "2027-01-02T09:00:00+01:00"), ("2027-01-03T08:00:00Z", "2027-01-03T09:00:00+01:00")],
            next["items"].EnumerateArray().Select(item => (item.GetProperty("at").GetString()!, item.GetProperty("local").GetString()!)));
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/v1/schedules/s/next?count=1001")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/schedules/t/next")).Status);
    }

    [Theory]
    [InlineData("""{"name":"s","handler":"x"}""", "cron", "is required")]
    [InlineData("""{"name":"s","handler":"x","cron":"* * * * *","every":"1h"}""", "every", "together with cron")]
    [InlineData("""{"name":"s","handler":"x","cron":"61 * * * *"}""", "cron", "")]
    [InlineData("""{"name":"s","handler":"x","cron":"0 0 31 2 *"}""", "cron", "never")]
    [InlineData("""{"name":"s","handler":"x","every":"0s"}""", "every", "")]
    [InlineData("""{"name":"s","handler":"x","every":5}""", "every", "must be text with a unit")]
    [InlineData("""{"name":"s","handler":"x","every":"1h","zone":"../etc/passwd"}""", "zone", "IANA")]
    [InlineData("""{"name":"s","handler":"x","every":"1h","zone":"localtime"}""", "zone", "machine")]
    [InlineData("""{"name":"s","handler":"x","every":"1h","overlap":"cancel"}""", "overlap", "cancelPrevious")]
    [InlineData("""{"name":"s","handler":"x","every":"1h","misfire":"skip"}""", "misfire", "JSON object")]
    [InlineData("""{"name":"s","handler":"x","every":"1h","misfire":{"polcy":"skip"}}""", "misfire.polcy", "did you mean 'policy'")]
    [InlineData("""{"name":"s","handler":"x","every":"1h","enabled":"no"}""", "enabled", "true or false")]
    [InlineData("""{"name":"s","handler":"x","every":"1h","nextAt":"2027-01-01T00:00:00Z"}""", "nextAt", "is unknown")]
    [InlineData("""{"name":"s","handler":"x","every":"1h","output":7}""", "output", "must be a list")]
    [InlineData("""{"handler":"x","every":"1h"}""", "name", "is required")]
    [InlineData("""{"name":"s","every":"1h"}""", "handler", "is required")]
    public async Task A_schedule_that_cannot_be_taken_is_refused_with_field_and_fix(string body, string field, string message)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/schedules", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal([field], answer.Fields);
        Assert.Contains(message, answer["errors"][0].GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty((await api.GetAsync("/api/v1/schedules"))["items"].EnumerateArray());
    }

    [Fact]
    public async Task A_put_whose_name_differs_from_its_path_is_refused()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal(["name"], (await api.PutAsync("/api/v1/schedules/a", """{"name":"b","handler":"x","every":"1h"}""")).Fields);
    }

    [Fact]
    public async Task A_list_goes_by_name_and_on_by_its_cursor()
    {
        await using var api = await ApiHost.StartAsync();
        foreach (var name in new[] { "c", "a", "b" })
        {
            await api.PutAsync($"/api/v1/schedules/{name}", """{"handler":"x","every":"1h"}""");
        }

        var first = await api.GetAsync("/api/v1/schedules?limit=2");
        var second = await api.GetAsync($"/api/v1/schedules?limit=2&cursor={first["next"].GetString()}");

        Assert.Equal(["a", "b"], first["items"].EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        Assert.Equal(["c"], second["items"].EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        Assert.Equal(JsonValueKind.Null, second["next"].ValueKind);
    }

    [Fact]
    public async Task A_schedule_fires_in_a_working_host()
    {
        await using var api = await ApiHost.StartWorkingAsync(carillon => carillon.Handle("tick", _ => Task.CompletedTask));
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"tick","every":"1h"}""");

        var job = await api.PostAsync("/api/v1/schedules/s/trigger");
        var ended = await api.GetAsync($"/api/v1/jobs/{job["id"].GetString()}/wait");
        var executions = await api.GetAsync("/api/v1/executions?schedule=s&state=succeeded");

        Assert.Equal("succeeded", ended["state"].GetString());
        Assert.Equal(job["id"].GetString(), executions["items"][0].GetProperty("job").GetString());
    }
}
