using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Carillon.Handlers;
using Carillon.Jobs;
using Carillon.Store;
using static Carillon.Tests.Handlers.LoopbackServer;

namespace Carillon.Tests.Handlers;

public sealed class HttpHandlerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Attempts _attempts = new();

    [Fact]
    public async Task A_good_answer_is_a_success_with_status_and_body_as_result()
    {
        await using var server = new LoopbackServer(Answer("200 OK", "hello"));
        var context = _attempts.Context(Args(server, "/x?y=1"));

        var outcome = await RunAsync(server, context);

        Assert.Null(outcome);
        var result = JsonDocument.Parse(context.Result!).RootElement;
        Assert.Equal((200, "hello"), (result.GetProperty("status").GetInt32(), result.GetProperty("body").GetString()));
        Assert.True(result.GetProperty("durationMs").GetInt64() >= 0);
        Assert.StartsWith("GET /x?y=1 HTTP/1.1\r\n", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_get_brings_nothing_along_that_was_not_asked_for()
    {
        await using var server = new LoopbackServer(Answer("200 OK", "", "Set-Cookie: a=b"));
        var handler = Handler(server);
        await handler(_attempts.Context(Args(server)));

        await handler(_attempts.Context(Args(server)));

        var names = server.Requests.Last().Split("\r\n").Skip(1).TakeWhile(line => line.Length > 0).Select(line => line.Split(':')[0]);
        Assert.Equal(["Host", "User-Agent"], names.Order());
    }

    [Theory]
    [InlineData("""{"a":1}""", "application/json", """{"a":1}""")]
    [InlineData("\"plain\"", "text/plain; charset=utf-8", "plain")]
    public async Task A_post_sends_its_body_and_the_jobs_key(string body, string type, string sent)
    {
        await using var server = new LoopbackServer(Answer("201 Created"));

        var outcome = await RunAsync(server, _attempts.Context(Args(server, more: $$""","method":"POST","headers":{"X-One":"1"},"body":{{body}}""")));

        Assert.Null(outcome);
        var request = Assert.Single(server.Requests);
        Assert.Contains($"\r\nContent-Type: {type}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nX-One: 1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"\r\nIdempotency-Key: {Attempts.JobId:N}\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + sent, request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("404", 404)]
    [InlineData("\"2xx\"", 299)]
    [InlineData("[200,204]", 204)]
    [InlineData("[\"4xx\",200]", 418)]
    [InlineData("302", 302)]
    public async Task The_expected_status_decides(string expected, int status)
    {
        await using var server = new LoopbackServer(Answer($"{status} Whatever"));

        Assert.Null(await RunAsync(server, _attempts.Context(Args(server, more: $",\"expectedStatus\":{expected}"))));
    }

    [Fact]
    public async Task Another_status_is_a_failed_attempt_that_tells_status_and_body()
    {
        await using var server = new LoopbackServer(Answer("500 Internal Server Error", "it broke"));

        var error = await Assert.ThrowsAsync<AttemptFailedException>(() => RunAsync(server, _attempts.Context(Args(server, "/p?token=secret"))));

        Assert.Equal($"GET {server.Origin}/p answered 500 Internal Server Error, expected was 2xx; with the body: it broke", error.ToString());
    }

    [Fact]
    public async Task A_redirect_is_refused_and_not_followed()
    {
        await using var server = new LoopbackServer(Answer("302 Found", "", "Location: /secret?x=1"));

        var error = await Assert.ThrowsAsync<AttemptFailedException>(() => RunAsync(server, _attempts.Context(Args(server))));

        Assert.StartsWith($"redirect refused: GET {server.Origin}/ answered 302 to '{server.Origin}/secret'", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("429 Too Many Requests", "7", 7)]
    [InlineData("503 Service Unavailable", "99999", 3600)]
    [InlineData("503 Service Unavailable", "Sun, 01 Mar 2026 12:00:40 GMT", 40)]
    [InlineData("429 Too Many Requests", "Sun, 01 Mar 2020 12:00:00 GMT", 0)]
    public async Task The_other_sides_wish_to_wait_is_kept_up_to_an_hour(string status, string asked, int seconds)
    {
        await using var server = new LoopbackServer(Answer(status, "", $"Retry-After: {asked}"));
        var clock = new HandClock();

        var outcome = await RunAsync(server, new Attempts { Clock = clock }.Context(Args(server)));

        Assert.Equal(clock.GetUtcNow().AddSeconds(seconds), Assert.IsType<Outcome.Retry>(outcome).RunAt);
    }

    [Fact]
    public async Task Of_a_long_answer_two_kilobytes_are_kept_and_cut_between_letters()
    {
        await using var server = new LoopbackServer(Answer("200 OK", "x" + string.Concat(Enumerable.Repeat("ü", 100_000))));
        var context = _attempts.Context(Args(server));

        await RunAsync(server, context);

        var body = JsonDocument.Parse(context.Result!).RootElement.GetProperty("body").GetString()!;
        Assert.Equal(2047, Encoding.UTF8.GetByteCount(body));
        Assert.DoesNotContain('\uFFFD', body);
    }

    [Fact]
    public async Task An_endless_answer_is_read_to_64_kilobytes_and_left()
    {
        var chunk = string.Create(CultureInfo.InvariantCulture, $"{70_000:x}\r\n{new string('y', 70_000)}\r\n");
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk);

        Assert.Null(await RunAsync(server, _attempts.Context(Args(server))));
    }

    [Fact]
    public async Task A_compressed_body_is_not_unpacked()
    {
        await using var server = new LoopbackServer(Answer("200 OK", "not gzip at all", "Content-Encoding: gzip"));
        var context = _attempts.Context(Args(server));

        await RunAsync(server, context);

        Assert.Contains("not gzip at all", context.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_listening_is_said_in_plain_words()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var origin = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}";

        var error = await Assert.ThrowsAsync<AttemptFailedException>(() => Handler(origin)(_attempts.Context($$"""{"url":"{{origin}}/"}""")));

        Assert.Equal($"GET {origin}/ failed: {origin[7..]} refused the connection (nothing listens there)", error.Message);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public async Task A_broken_answer_is_a_failed_attempt(string answer)
    {
        await using var server = new LoopbackServer(answer, isLast: true);

        var error = await Assert.ThrowsAsync<AttemptFailedException>(() => RunAsync(server, _attempts.Context(Args(server))));

        Assert.StartsWith($"GET {server.Origin}/ failed: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_after_the_time_out()
    {
        await using var server = new LoopbackServer(_ => null);
        var clock = new HandClock();
        var running = RunAsync(server, new Attempts { Clock = clock }.Context(Args(server, more: ",\"timeout\":\"1m30s\"")));
        await server.Asked;

        clock.Advance(TimeSpan.FromSeconds(90));

        var error = await Assert.ThrowsAsync<AttemptFailedException>(() => running);
        Assert.Equal($"GET {server.Origin}/ failed: no answer within 1m30s", error.Message);
    }

    [Fact]
    public async Task A_cancelled_job_breaks_the_call_off()
    {
        await using var server = new LoopbackServer(_ => null);
        using var stop = new CancellationTokenSource();
        var running = RunAsync(server, _attempts.Context(Args(server), stop.Token));
        await server.Asked;

        await stop.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData("https://user:pass@example.com/", "user information")]
    [InlineData("https://example.com\\\\@evil/", "backslash")]
    [InlineData("https://exa\\u000ample.com/", "U+000A")]
    [InlineData("https://example.com/\\u0085", "control character")]
    [InlineData("ftp://example.com/", "must begin with http")]
    [InlineData("file:///etc/passwd", "must begin with http")]
    [InlineData("//example.com", "must begin with http")]
    [InlineData("", "0 characters")]
    [InlineData("https://[fe80::1%25eth0]/", "zone ids")]
    [InlineData("https://b\\u00fccher.example/", "xn--")]
    [InlineData("https://1.2.3.4.5/", "ends in a number")]
    [InlineData("https://example.com:99999/", "not a valid URL")]
    [InlineData("http://127.0.0.1:1/", "target_not_allowed")]
    [InlineData("http://metadata.google.internal/", "target_not_allowed")]
    [InlineData("https://example.com:25/", "target_not_allowed: port 25")]
    public async Task A_bad_url_is_dead_at_once_with_precise_words(string text, string words)
    {
        var outcome = await Handler("http://10.0.0.1")(_attempts.Context($$"""{"url":"{{text}}"}"""));

        var dead = Assert.IsType<Outcome.Dead>(outcome);
        Assert.Equal("error", dead.Reason);
        Assert.Contains(words, dead.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "evil")]
    [InlineData("content-length", "5")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("X-A", "a\\r\\nHost: evil")]
    [InlineData("X-A", "ü")]
    [InlineData("X A", "1")]
    [InlineData("", "1")]
    public async Task A_header_that_could_forge_a_request_is_dead_at_once(string name, string value)
    {
        var outcome = await Handler("http://10.0.0.1")(_attempts.Context($$$"""{"url":"http://10.0.0.1/","headers":{"{{{name}}}":"{{{value}}}"}}"""));

        Assert.StartsWith("header '", Assert.IsType<Outcome.Dead>(outcome).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var outcome = await Handler("http://10.0.0.1")(_attempts.Context("""{"url":"x","method":"get","timeout":"0s","headers":{"Host":"a"}}"""));

        Assert.Equal(
            "url 'x' must begin with http:// or https:// and a host; method 'get' is unknown; known are GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; "
            + "timeout 0s must be more than 0s and at most 24h; header 'Host' cannot be set: it is the connection's own",
            Assert.IsType<Outcome.Dead>(outcome).Error);
    }

    [Theory]
    [InlineData("""{"url":"http://a/","verb":"GET"}""", "unknown member 'verb'; known are url, method, headers, body, expectedStatus, timeout")]
    [InlineData("""{"method":"GET"}""", "member 'url' is required")]
    [InlineData("""{"url":5}""", "wrong at $.url: text was expected")]
    [InlineData("""{"url":"http://a/","headers":{"a":1}}""", "an object whose values are texts was expected")]
    [InlineData("""{"url":"http://a/","timeout":30}""", "a duration was expected")]
    [InlineData("""{"url":"http://a/","timeout":"P1Y"}""", "a duration was expected")]
    [InlineData("""{"url":"http://a/","expectedStatus":"ok"}""", "a status from 100 to 599")]
    [InlineData("""{"url":"http://a/","expectedStatus":[]}""", "a status from 100 to 599")]
    [InlineData("""{"url":"http://a/","url":"http://b/"}""", "the member 'url' stands twice")]
    [InlineData("""{"url":null}""", "wrong at $.url")]
    [InlineData("[]", "a JSON object was expected")]
    [InlineData("null", "a JSON object was expected")]
    [InlineData("""{"url":"\ud800"}""", "not valid Unicode")]
    public async Task Arguments_are_read_strictly(string args, string words)
    {
        var error = await Assert.ThrowsAsync<ArgumentsException>(() => Handler("http://10.0.0.1")(_attempts.Context(args)));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
    }

    private static string Args(LoopbackServer server, string path = "/", string more = "") => $$"""{"url":"{{server.Origin}}{{path}}"{{more}}}""";

    private static Task<Outcome?> RunAsync(LoopbackServer server, JobContext context) => Handler(server)(context);

    private static JobDelegate Handler(LoopbackServer server) => Handler(server.Origin);

    private static JobDelegate Handler(string allowed) =>
        BuiltInHandlers.All(new BuiltInOptions { NodeName = "n", StartedAt = Start, HttpAllow = [allowed] }).Single(handler => handler.Name == "http").Run;
}
