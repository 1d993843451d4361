using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>What the configuration file and the environment say of a server's handlers.</summary>
public sealed class HandlerSettingsTests : IDisposable
{
    private const int Configuration = 78;
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Limits_and_retention_of_file_and_environment_are_shown_by_api_and_command_line()
    {
        var config = Write("handlers:\n  http: {maxConcurrent: 4, keepFinished: 30d}\n  heartbeat: {keepFinished: 0s}\n");
        await using var server = await ServerProcess.StartAsync(ServerStart.Serve(_directory.Database, "--config", config, "--name", "tower").With("CARILLON__HANDLERS__HTTP__MAX_CONCURRENT", "5"));

        var http = await server.Api.GetAsync("/api/v1/handlers/http");
        var exec = await server.Api.GetAsync("/api/v1/handlers/exec");
        await using var shown = ServerProcess.Launch(new ServerStart("Carillon.Server", ["handler", "list", "--server", server.Api.Address.ToString()]));

        Assert.Equal((("5", "30d"), ("", "")), ((http["maxConcurrent"], http["keepFinished"]), (exec["maxConcurrent"], exec["keepFinished"])));
        Assert.Equal(0, await shown.ExitAsync());
        Assert.Matches(@"http +default +5 +30d +false +tower", shown.Output.Text);
        Assert.Matches(@"heartbeat +default +0s +false +tower", shown.Output.Text);
    }

    [Fact]
    public async Task A_server_does_not_start_with_settings_for_a_handler_that_it_does_not_have()
    {
        await using var file = ServerProcess.Launch(ServerStart.Serve(_directory.Database, "--config", Write("handlers:\n  htpt: {maxConcurrent: 0}\n")));
        await using var environment = ServerProcess.Launch(ServerStart.Serve(_directory.Database).With("CARILLON__HANDLERS__MAIL__MAXCONCURRENT", "2"));

        Assert.Equal((Configuration, Configuration), (await file.ExitAsync(), await environment.ExitAsync()));
        Assert.Contains("c.yaml:2:3: handlers.htpt: is no handler of this server; did you mean 'http'?", file.Output.Text, StringComparison.Ordinal);
        Assert.Contains("c.yaml:2:10: handlers.htpt.maxConcurrent (0): must be how many", file.Output.Text, StringComparison.Ordinal);
        Assert.Contains("Handlers:MAIL is set, but no handler of this host has that name; it has exec, heartbeat, http, system_heartbeat. The configuration sets it by CARILLON:HANDLERS:MAIL:MAXCONCURRENT.",
            environment.Output.Text, StringComparison.OrdinalIgnoreCase);
    }

    private string Write(string text)
    {
        var path = _directory.PathOf("c.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
