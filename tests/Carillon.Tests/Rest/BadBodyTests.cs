using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Carillon.Tests.Rest;

public sealed class BadBodyTests
{
    [Theory]
    [InlineData("""{"handler":"x","prioritiy":1}""", "prioritiy", "did you mean 'priority'")]
    [InlineData("""{"handler":"x","run_at":"2027-01-01T00:00:00Z"}""", "run_at", "did you mean 'runAt'")]
    [InlineData("""{"handler":"x","state":"succeeded"}""", "state", "is unknown")]
    [InlineData("""{"handler":"x","$type":"System.Diagnostics.Process"}""", "$type", "is unknown")]
    [InlineData("""{"handler":"x","retry":{"attemps":3}}""", "retry.attemps", "did you mean 'attempts'")]
    [InlineData("""{}""", "handler", "is required")]
    [InlineData("""{"handler":null}""", "handler", "is required")]
    [InlineData("""{"handler":7}""", "handler", "must be text")]
    [InlineData("""{"handler":"x","priority":"high"}""", "priority", "must be a whole number from -100 to 100")]
    [InlineData("""{"handler":"x","priority":1.5}""", "priority", "must be a whole number from -100 to 100")]
    [InlineData("""{"handler":"x","priority":9223372036854775808}""", "priority", "must be a whole number from -100 to 100")]
    [InlineData("""{"handler":"x","priority":101}""", "priority", "from -100 to 100")]
    [InlineData("""{"handler":"x","delay":30}""", "delay", "write \"30s\"")]
    [InlineData("""{"handler":"x","delay":"30"}""", "delay", "30s")]
    [InlineData("""{"handler":"x","delay":"-5m"}""", "delay", "negative")]
    [InlineData("""{"handler":"x","delay":"5 parsecs"}""", "delay", "no unit")]
    [InlineData("""{"handler":"x","timeout":"0s"}""", "timeout", "more than 0s")]
    [InlineData("""{"handler":"x","runAt":"2027-01-01T00:00:00"}""", "runAt", "with an offset")]
    [InlineData("""{"handler":"x","runAt":"9999-12-31T00:00:00Z"}""", "runAt", "ten years")]
    [InlineData("""{"handler":"x","runAt":"2027-01-02T00:00:00Z","delay":"90s"}""", "delay", "cannot be given together with runAt")]
    [InlineData("""{"handler":"x","delay":"3661d"}""", "delay", "must be from 0s to 3660d")]
    [InlineData("""{"handler":"x","retry":{"attempts":3000000000}}""", "retry.attempts", "is too large a number")]
    [InlineData("""{"handler":"x","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt", "already past")]
    [InlineData("""{"handler":"x","retry":{"attempts":1000000000}}""", "retry.attempts", "1 (no retry) to 1000")]
    [InlineData("""{"handler":"x","retry":{"backoff":"linear"}}""", "retry.backoff", "exponential, fixed, explicit")]
    [InlineData("""{"handler":"x","onConflict":1}""", "onConflict", "existing, replace")]
    [InlineData("""{"handler":"x","after":["no-id"]}""", "after[0]", "a job's id")]
    [InlineData("""{"handler":"x","after":[{"job":"00000000-0000-0000-0000-000000000001","when":"x"}]}""", "after[0]", "a job's id")]
    [InlineData("""{"handler":"x","after":["00000000-0000-0000-0000-000000000001"]}""", "after", "does not exist")]
    [InlineData("""{"handler":"x","tags":"a"}""", "tags", "must be a list")]
    [InlineData("""{"handler":"x","tags":[null]}""", "tags[0]", "must not be null")]
    [InlineData("""{"handler":"x","args":[1]}""", "args", "must be a JSON object")]
    [InlineData("""{"handler":"x","args":"text"}""", "args", "must be a JSON object")]
    [InlineData("""{"handler":"x","args":{"n":1e400}}""", "args", "beyond the range")]
    [InlineData("""{"handler":"x","args":{"n":"a\u0000b"}}""", "args", "NUL")]
    [InlineData("""{"handler":"x","args":{"n":"\ud800"}}""", "args", "surrogate")]
    [InlineData("""{"handler":"a\u0000b"}""", "handler", "NUL")]
    [InlineData("""{"handler":"\ud83d"}""", "handler", "Unicode")]
    [InlineData("""{"handler":"a\r\nb"}""", "handler", "control characters")]
    [InlineData("""[]""", "body", "must be a JSON object")]
    [InlineData("""null""", "body", "must be a JSON object")]
    [InlineData("""{"handler":"x",}""", "body", "not valid JSON")]
    [InlineData("""{"handler":NaN}""", "body", "not valid JSON")]
    [InlineData("""{"handler":"x","handler":"y"}""", "body", "uplicate")]
    [InlineData("""{"handler":"x","args":{"a":1,"a":2}}""", "body", "uplicate")]
    [InlineData("""{"handler":"x","args":{"\ud800":1}}""", "body", "surrogate")]
    [InlineData("", "body", "is empty")]
    [InlineData("\uFEFF{\"handler\":\"x\"}", "body", "not valid JSON")]
    public async Task A_body_that_cannot_be_taken_is_a_problem_that_names_field_and_fix(string body, string field, string message)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/jobs", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType!.MediaType);
        Assert.Equal([field], answer.Fields);
        Assert.Contains(message, answer["errors"][0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty((await api.GetAsync("/api/v1/jobs"))["items"].EnumerateArray());
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/jobs", """{"handlr":"x","priority":"high","delay":5,"retry":{"base":1,"foo":2}}""");

        Assert.Equal(["handlr", "priority", "delay", "retry.base", "retry.foo"], answer.Fields);
    }

    [Fact]
    public async Task Depth_beyond_64_is_refused()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/jobs", $$$"""{"handler":"x","args":{"a":{{{new string('[', 10_000)}}}{{{new string(']', 10_000)}}}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Invalid_utf8_is_refused()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.SendAsync(HttpMethod.Post, "/api/v1/jobs", null, request => request.Content = Json([.. "{\"handler\":\""u8, 0xC0, 0xAF, .. "\"}"u8]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("UTF-8", answer["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emoji_is_kept()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/jobs", """{"handler":"grüße 🎉","args":{"t":"🎉"}}""");

        Assert.Equal("grüße 🎉", answer["handler"].GetString());
        Assert.Contains("{\"t\":\"🎉\"}", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_of_more_than_256_kB_are_refused()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/jobs", $$$"""{"handler":"x","args":{"a":"{{{new string('a', 256 * 1024)}}}"}}""");

        Assert.Equal(["args"], answer.Fields);
    }

    [Fact]
    public async Task A_body_of_more_than_a_megabyte_is_refused_with_and_without_a_length()
    {
        await using var api = await ApiHost.StartAsync();
        var body = Encoding.UTF8.GetBytes($$"""{"handler":"{{new string('a', 1024 * 1024)}}"}""");

        var withLength = await api.SendAsync(HttpMethod.Post, "/api/v1/jobs", null, request => request.Content = Json(body));
        var chunked = await api.SendAsync(HttpMethod.Post, "/api/v1/jobs", null, request =>
        {
            request.Content = new StreamContent(new MemoryStream(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentLength = null } };
            request.Headers.TransferEncodingChunked = true;
        });

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, withLength.Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused(string? type)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.SendAsync(HttpMethod.Post, "/api/v1/jobs", null, request =>
        {
            request.Content = new ByteArrayContent("""{"handler":"x"}"""u8.ToArray());
            request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        });

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Contains("application/json", answer["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.SendAsync(HttpMethod.Post, "/api/v1/jobs", """{"handler":"x"}""", request => request.Content!.Headers.ContentEncoding.Add("gzip"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
    }

    [Theory]
    [InlineData("DELETE", "/api/v1/jobs", "POST, GET, HEAD")]
    [InlineData("GET", "/api/v1/jobs/bulk", "POST")]
    [InlineData("GET", "/api/v1/jobs/00000000-0000-0000-0000-000000000001/retry", "POST")]
    [InlineData("TRACE", "/api/v1/status", "GET, HEAD")]
    [InlineData("OPTIONS", "/api/v1/jobs", "POST, GET, HEAD")]
    [InlineData("PATCH", "/health/live", "GET, HEAD")]
    public async Task Another_method_is_refused_with_those_that_are_known(string method, string path, string allow)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.SendAsync(new HttpMethod(method), path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        Assert.Equal(allow, answer.Header("Allow"));
    }

    [Fact]
    public async Task A_method_override_is_ignored()
    {
        await using var api = await ApiHost.StartAsync();
        await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","every":"1h"}""");

        await api.SendAsync(HttpMethod.Get, "/api/v1/schedules/s", null, request => request.Headers.Add("X-HTTP-Method-Override", "DELETE"));

        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/schedules/s")).Status);
    }

    [Fact]
    public async Task An_unknown_path_is_a_problem_document()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.GetAsync("/api/v1/nonsense/path");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType!.MediaType);
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    [Theory]
    [InlineData("""{"handler":"x","runAt":"2027-01-02T00:00:00Z","delay":"90s"}""", "delay: cannot be given together with runAt; keep one of them")]
    [InlineData("""{"handler":"x","delay":"3661d"}""", "delay (316310400s): must be from 0s to 3660d")]
    public async Task A_duration_at_fault_is_said_as_the_API_writes_durations(string body, string detail)
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.PostAsync("/api/v1/jobs", body);

        Assert.Equal(detail, answer["detail"].GetString());
    }
}
