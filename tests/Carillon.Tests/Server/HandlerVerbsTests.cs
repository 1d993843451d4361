using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Tests.Server;

/// <summary>What a server's files and the environment say of its handlers, and how the command line shows it.</summary>
public sealed class HandlerVerbsTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Handlers_are_listed_with_what_the_file_says_of_them()
    {
        await using var server = await StartAsync("handlers: {http: {maxConcurrent: 4, keepFinished: 30d}}\n");

        var list = (await server.RunAsync("handler", "list")).Output.Split(Environment.NewLine);
        var page = await server.RunAsync("handler", "list", "--limit", "2", "--json");

        Assert.Matches("^HANDLER +QUEUE +LIMIT +KEPT +PRIVILEGED +NODES$", list[0]);
        Assert.Matches("^exec +default +as the host says +true +tower$", list[1]);
        Assert.Matches("^http +default +4 +30d +false +tower$", list[3]);
        using var document = JsonDocument.Parse(page.Output);
        Assert.Equal(["exec", "heartbeat"], document.RootElement.GetProperty("items").EnumerateArray().Select(handler => handler.GetProperty("name").GetString()));
        Assert.Equal(JsonValueKind.String, document.RootElement.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task One_handler_is_shown_and_an_unknown_one_is_named_with_the_nearest()
    {
        await using var server = await StartAsync("handlers: {http: {maxConcurrent: 4, keepFinished: 36h}}\n");

        var http = await server.RunAsync("handler", "show", "http");
        var exec = await server.RunAsync("handler", "show", "exec");
        var json = await server.RunAsync("handler", "show", "http", "--json");
        var (unknown, far) = (await server.RunAsync("handler", "show", "htpt"), await server.RunAsync("handler", "show", "elsewhere"));

        Assert.Matches(@"Limit: +at most 4 at once\s+Kept: +1d12h\s+Privileged: +false\s+Nodes: +tower\s+Args: +\{", http.Output);
        Assert.Matches(@"Limit: +none\s+Kept: +as the host says\s+Privileged: +true\s", exec.Output);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(("1d12h", 4), (document.RootElement.GetProperty("keepFinished").GetString(), document.RootElement.GetProperty("maxConcurrent").GetInt32()));
        Assert.Equal((Exit.NotFound, Exit.NotFound), (unknown.ExitCode, far.ExitCode));
        Assert.Contains("Did you mean 'http'?", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("`carillon handler list` shows them.", far.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_takes_effect_at_the_next_start_and_is_named_until_then()
    {
        await using var server = await StartAsync("handlers: {http: {maxConcurrent: 4}}\n");

        Write("handlers: {http: {maxConcurrent: 5}}\n");

        Assert.Contains("handlers.http changed", await server.WaitForAsync("started again"), StringComparison.Ordinal);
        Assert.Matches(@"Limit: +at most 4 at once\s", (await server.RunAsync("handler", "show", "http")).Output);
    }

    [Fact]
    public async Task Of_two_files_that_differ_the_later_one_wins()
    {
        var other = _directory.Write("other.yaml", "settings: {max_concurrent_jobs: 8}\nhandlers: {http: {maxConcurrent: 5}}\n");
        await using var server = await StartAsync("handlers: {http: {maxConcurrent: 4, keepFinished: 30d}}\n", "--config", other);

        var http = (await server.RunAsync("handler", "show", "http")).Output;
        var nodes = await server.RunAsync("node", "list", "--json");

        Assert.Matches(@"Limit: +at most 5 at once\s+Kept: +30d\s", http);
        using var document = JsonDocument.Parse(nodes.Output);
        Assert.Equal(8, Assert.Single(document.RootElement.GetProperty("items").EnumerateArray()).GetProperty("slots").GetInt32());
    }

    private Task<TestServer> StartAsync(string handlers, params string[] more) => TestServer.StartAsync(["--store", "memory", "--config", Write(handlers), .. more]);

    private string Write(string handlers) => _directory.Write("c.yaml", $"settings: {{node_name: tower, max_concurrent_jobs: 7}}\n{handlers}");
}
