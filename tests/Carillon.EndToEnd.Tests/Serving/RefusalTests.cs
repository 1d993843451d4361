using System.Net;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>What a server does not start with, and whom it does not answer.</summary>
public sealed class RefusalTests : IDisposable
{
    private const int Configuration = 78;
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_second_process_on_the_file_is_refused_and_told_who_has_it_and_the_first_goes_on()
    {
        await using var first = await ServerProcess.StartAsync(ServerStart.Serve(_directory.Database));

        await using var second = ServerProcess.Launch(ServerStart.Serve(_directory.Database));
        Assert.Equal(Configuration, await second.ExitAsync());

        Assert.Contains(_directory.Database, second.Output.Text, StringComparison.Ordinal);
        Assert.Contains($"process {first.Id} ", second.Output.Text, StringComparison.Ordinal);
        Assert.Equal("succeeded", (await first.Api.EndAsync(await first.Api.EnqueueAsync("""{"handler":"heartbeat"}""")))["state"]);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    public async Task An_address_for_other_machines_is_refused_while_there_is_no_key(string address)
    {
        await using var server = ServerProcess.Launch(ServerStart.Serve(_directory.Database, "--urls", address));

        Assert.Equal(Configuration, await server.ExitAsync());
        Assert.Contains("--urls", server.Output.Text, StringComparison.Ordinal);
        Assert.Contains("key create", server.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_only_the_machine_itself_is_answered()
    {
        await using var server = await ServerProcess.StartAsync(ServerStart.Serve(_directory.Database));

        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(server, _ => { }));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync(server, request => request.Headers.Host = "evil.example"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync(server, request => request.Headers.Add("X-Forwarded-For", "203.0.113.9")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync(server, request => request.Headers.Add("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync(server, request => request.Headers.Add("Sec-Fetch-Site", "cross-site")));
    }

    private static async Task<HttpStatusCode> StatusOfAsync(ServerProcess server, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status");
        change(request);
        using var response = await server.Api.SendAsync(request);
        Assert.False(response.Headers.Contains("Server"), "the answer names the server's software");
        return response.StatusCode;
    }
}
