using System.Net;
using Carillon.Store;

namespace Carillon.Tests.Rest;

public sealed class AccessTests
{
    [Theory]
    [InlineData("localhost:8000")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:9")]
    public async Task Without_keys_this_machines_user_is_admin(string host)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.SendAsync(HttpMethod.Get, "/api/v1/keys", null, request => request.Headers.Host = host);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("X-Original-For", "127.0.0.1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:8001")]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "localhost.evil.example")]
    public async Task Without_keys_a_call_that_may_not_be_this_machines_users_is_unauthorized(string header, string value)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.SendAsync(HttpMethod.Post, "/api/v1/jobs", """{"handler":"x"}""", request => request.Headers.TryAddWithoutValidation(header, value));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Contains("Bearer", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.True(answer.Text.Length <= 1024);
        Assert.Empty((await api.GetAsync("/api/v1/jobs"))["items"].EnumerateArray());
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "http://localhost:8000")]
    public async Task Without_keys_a_page_of_our_own_may_call(string header, string value)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.SendAsync(HttpMethod.Get, "/api/v1/status", null, request => request.Headers.Add(header, value));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("::ffff:10.0.0.7")]
    [InlineData(null)]
    public async Task Without_keys_another_machine_is_unauthorized_on_every_path(string? address)
    {
        await using var api = await ApiHost.StartAsync();
        api.RemoteAddress = address is null ? null : IPAddress.Parse(address);

        foreach (var path in new[] { "/api/v1/jobs", "/api/v1/status", "/metrics", "/openapi/v1.json", "/api/v1/scheduler/jobs", "/api/v1/nonsense" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync(path)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/health/live")).Status);
    }

    [Fact]
    public async Task Once_a_key_exists_every_call_needs_one()
    {
        await using var api = await ApiHost.StartAsync();
        var key = await CreateKeyAsync(api, "anna", "admin");
        api.RemoteAddress = IPAddress.Parse("10.0.0.7");

        var none = await api.GetAsync("/api/v1/status");
        var bearer = await api.GetAsync("/api/v1/status", key);
        var header = await api.SendAsync(HttpMethod.Get, "/api/v1/status", null, request => request.Headers.Add("X-Api-Key", key));
        var query = await api.GetAsync($"/api/v1/status?api_key={key}");
        var foreignPage = await api.SendAsync(HttpMethod.Get, "/api/v1/status", null, request =>
        {
            request.Headers.Add("X-Api-Key", key);
            request.Headers.Add("Origin", "https://console.example");
        });

        Assert.StartsWith("carillon_", key, StringComparison.Ordinal);
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK], [none.Status, bearer.Status, header.Status, query.Status, foreignPage.Status]);
        Assert.DoesNotContain(foreignPage.Headers, item => item.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_wrong_key_is_unauthorized_whatever_is_wrong_with_it()
    {
        await using var api = await ApiHost.StartAsync();
        var key = await CreateKeyAsync(api, "anna", "admin");

        foreach (var wrong in new[] { key[..^1], key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), key + "x", key.ToUpperInvariant(), "carillon_" })
        {
            var answer = await api.GetAsync("/api/v1/status", wrong);

            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Equal("The credentials are not valid.", answer["detail"].GetString());
        }
    }

    [Fact]
    public async Task The_eleventh_wrong_key_in_a_minute_is_told_to_wait_and_a_right_one_still_passes()
    {
        await using var api = await ApiHost.StartAsync();
        var key = await CreateKeyAsync(api, "anna", "admin");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync("/api/v1/status", "carillon_wrong")).Status);
        }

        var eleventh = await api.GetAsync("/api/v1/status", "carillon_wrong");
        var right = await api.GetAsync("/api/v1/status", key);
        api.Clock.Advance(TimeSpan.FromMinutes(1));
        var later = await api.GetAsync("/api/v1/status", "carillon_wrong");
        var audit = await api.GetAsync("/api/v1/audit?subject=key:log-in", key);

        Assert.Equal(HttpStatusCode.TooManyRequests, eleventh.Status);
        Assert.Equal("60", eleventh.Header("Retry-After"));
        Assert.Equal(HttpStatusCode.OK, right.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, later.Status);
        Assert.Equal(3, audit["items"].GetArrayLength());
        Assert.Equal("login.failed", audit["items"][0].GetProperty("what").GetString());
        Assert.Equal("127.0.0.1", audit["items"][0].GetProperty("from").GetString());
    }

    [Fact]
    public async Task A_key_is_shown_once_and_nowhere_again()
    {
        await using var api = await ApiHost.StartAsync();
        var secret = await CreateKeyAsync(api, "anna", "admin");

        var list = await api.GetAsync("/api/v1/keys", secret);
        var audit = await api.GetAsync("/api/v1/audit", secret);
        var stored = await api.Store.ListDefinitionsAsync("key", CancellationToken.None);

        Assert.Equal(secret[^4..], list["items"][0].GetProperty("last4").GetString());
        Assert.DoesNotContain(secret, list.Text + audit.Text + string.Concat(stored.Select(key => key.Body)), StringComparison.Ordinal);
        Assert.DoesNotContain("hash", string.Concat((await api.Store.ReadAsync(new JournalQuery(), CancellationToken.None)).Select(entry => entry.Data)), StringComparison.Ordinal);
        Assert.Equal(secret[^4..], audit["items"][0].GetProperty("after").GetProperty("last4").GetString());
        Assert.Equal("key.create", audit["items"][0].GetProperty("what").GetString());
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once_here_and_within_five_seconds_elsewhere()
    {
        await using var api = await ApiHost.StartAsync();
        var admin = await CreateKeyAsync(api, "anna", "admin");
        var here = await CreateKeyAsync(api, "bert", "viewer", admin);
        var elsewhere = await CreateKeyAsync(api, "carl", "viewer", admin);
        var ids = (await api.GetAsync("/api/v1/keys", admin))["items"].EnumerateArray().ToDictionary(key => key.GetProperty("name").GetString()!, key => key.GetProperty("id").GetString()!);

        await api.DeleteAsync($"/api/v1/keys/{ids["bert"]}", admin);
        var refusedHere = await api.GetAsync("/api/v1/status", here);
        await api.GetAsync("/api/v1/status", elsewhere);
        await api.Store.RemoveDefinitionAsync("key", ids["carl"], null, api.Clock.GetUtcNow(), CancellationToken.None);
        api.Clock.Advance(TimeSpan.FromSeconds(5));
        var refusedElsewhere = await api.GetAsync("/api/v1/status", elsewhere);

        Assert.Equal(HttpStatusCode.Unauthorized, refusedHere.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, refusedElsewhere.Status);
    }

    [Fact]
    public async Task An_expired_key_is_refused_and_does_not_open_the_door_again()
    {
        await using var api = await ApiHost.StartAsync();
        var admin = await CreateKeyAsync(api, "anna", "admin");
        var created = await api.PostAsync("/api/v1/keys", """{"name":"bert","role":"viewer","expiresAt":"2027-01-01T13:00:00Z"}""", admin);
        var secret = created["key"].GetString()!;

        var before = await api.GetAsync("/api/v1/status", secret);
        api.Clock.Advance(TimeSpan.FromHours(1));
        var after = await api.GetAsync("/api/v1/status", secret);

        Assert.Equal(HttpStatusCode.OK, before.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, after.Status);
    }

    [Fact]
    public async Task Nobody_can_lock_everybody_out()
    {
        await using var api = await ApiHost.StartAsync();
        var viewerFirst = await api.PostAsync("/api/v1/keys", """{"name":"v","role":"viewer"}""");
        var admin = await CreateKeyAsync(api, "anna", "admin");
        await CreateKeyAsync(api, "bert", "viewer", admin);
        var id = (await api.GetAsync("/api/v1/keys", admin))["items"].EnumerateArray().First(key => key.GetProperty("name").GetString() == "anna").GetProperty("id").GetString();

        var lastAdmin = await api.DeleteAsync($"/api/v1/keys/{id}", admin);

        Assert.Equal(["role"], viewerFirst.Fields);
        Assert.Equal(HttpStatusCode.BadRequest, lastAdmin.Status);
    }

    [Theory]
    [InlineData("""{"name":"x"}""", "role")]
    [InlineData("""{"role":"admin"}""", "name")]
    [InlineData("""{"name":"x","role":"root"}""", "role")]
    [InlineData("""{"name":"x","role":"admin","id":"1"}""", "id")]
    public async Task A_key_that_cannot_be_made_is_refused(string body, string field)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal([field], (await api.PostAsync("/api/v1/keys", body)).Fields);
    }

    [Fact]
    public async Task A_denied_act_changes_nothing_and_is_recorded()
    {
        await using var api = await ApiHost.StartAsync();
        var admin = await CreateKeyAsync(api, "anna", "admin");
        var viewer = await CreateKeyAsync(api, "vera", "viewer", admin);

        var denied = await api.PostAsync("/api/v1/jobs", """{"handler":"x"}""", viewer);
        await api.PostAsync("/api/v1/jobs", """{"handler":"x"}""", viewer);
        var audit = await api.GetAsync("/api/v1/audit", admin);

        Assert.Equal(HttpStatusCode.Forbidden, denied.Status);
        Assert.Empty((await api.GetAsync("/api/v1/jobs", admin))["items"].EnumerateArray());
        var entry = Assert.Single(audit["items"].EnumerateArray(), item => item.GetProperty("what").GetString() == "denied");
        Assert.Equal("vera", entry.GetProperty("who").GetString());
    }

    [Fact]
    public async Task An_act_is_recorded_with_who_from_where_before_and_after()
    {
        await using var api = await ApiHost.StartAsync();
        var admin = await CreateKeyAsync(api, "anna", "admin");
        api.RemoteAddress = IPAddress.Parse("10.0.0.7");

        await api.PostAsync("/api/v1/queues/mail/pause", """{"reason":"r"}""", admin);
        var entry = (await api.GetAsync("/api/v1/audit?subject=queue:mail", admin))["items"][0];

        Assert.Equal("anna", entry.GetProperty("who").GetString());
        Assert.Equal("10.0.0.7", entry.GetProperty("from").GetString());
        Assert.Equal("queue.pause", entry.GetProperty("what").GetString());
        Assert.True(entry.GetProperty("after").GetProperty("isPaused").GetBoolean());
    }

    [Fact]
    public async Task A_flood_of_one_key_is_told_to_wait_and_leaves_the_others_alone()
    {
        await using var api = await ApiHost.StartAsync(options => (options.RequestBurst, options.RequestsPerSecond) = (3, 1));
        var flood = await CreateKeyAsync(api, "anna", "admin");
        var other = await CreateKeyAsync(api, "bert", "viewer", flood);

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            statuses.Add((await api.GetAsync("/api/v1/status", flood)).Status);
        }

        var late = await api.GetAsync("/api/v1/status", flood);
        api.Clock.Advance(TimeSpan.FromSeconds(1));
        var later = await api.GetAsync("/api/v1/status", flood);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], statuses);
        Assert.Equal("1", late.Header("Retry-After"));
        Assert.Equal("0", late.Header("RateLimit-Remaining"));
        Assert.Equal(HttpStatusCode.OK, later.Status);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/status", other)).Status);
    }

    [Fact]
    public async Task Privileged_handlers_are_for_the_configuration_file()
    {
        await using var api = await ApiHost.StartAsync();
        await api.AddNodeAsync("node-b", ApiHost.Handler("tools.run", isPrivileged: true));

        Answer[] answers =
        [
            await api.PostAsync("/api/v1/jobs", """{"handler":"exec","args":{"program":"/bin/true"}}"""),
            await api.PostAsync("/api/v1/jobs", """{"handler":"tools.run"}"""),
            await api.PostAsync("/api/v1/jobs/bulk", """[{"handler":"x"},{"handler":"exec"}]"""),
            await api.PostAsync("/api/v1/schedules", """{"name":"s","handler":"exec","every":"1h"}"""),
            await api.PutAsync("/api/v1/schedules/s", """{"handler":"exec","every":"1h"}"""),
            await api.PostAsync("/api/v1/scheduler/jobs", """{"name":"s","task_function_name":"exec","schedule_config":{"hours":1}}"""),
        ];

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.Status));
        Assert.All(answers, answer => Assert.Contains("--allow-remote-exec", answer["detail"].GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Privileged_handlers_can_be_opened_to_the_api()
    {
        await using var api = await ApiHost.StartAsync(options => options.AllowPrivilegedHandlers = true);

        Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/v1/jobs", """{"handler":"exec"}""")).Status);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using var api = await ApiHost.StartAsync();

        foreach (var path in new[] { "/api/v1/status", "/health/live", "/metrics", "/api/v1/nonsense", "/api/v1/jobs?limit=0" })
        {
            var answer = await api.GetAsync(path);

            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
            Assert.StartsWith("default-src 'none'", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
        }
    }

    internal static async Task<string> CreateKeyAsync(ApiHost api, string name, string role, string? by = null)
    {
        var answer = await api.PostAsync("/api/v1/keys", $$"""{"name":"{{name}}","role":"{{role}}"}""", by);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer["key"].GetString()!;
    }
}
