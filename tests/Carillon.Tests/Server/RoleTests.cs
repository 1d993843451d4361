using Carillon.Server.Cli;

namespace Carillon.Tests.Server;

public sealed class RoleTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Status_and_the_list_of_nodes_say_what_a_node_does()
    {
        await using var server = await TestServer.StartAsync("--store", "memory", "--roles", "worker,api", "--queues", "ad_queue,default", "--name", "ada");

        var list = await server.RunAsync("node", "list");
        var status = await server.RunAsync("node", "list", "--json");

        Assert.Matches(@"ada +working +worker,api +ad_queue,default", list.Output);
        Assert.Contains("\"roles\":[\"worker\",\"api\"]", status.Output.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_in_a_queue_that_the_node_does_not_serve_waits_and_says_so()
    {
        await using var server = await TestServer.StartAsync("--store", "memory", "--queues", "ad_queue");

        var served = await server.RunAsync("job", "enqueue", "heartbeat", "--queue", "ad_queue", "--wait");
        var other = await server.RunAsync("job", "enqueue", "heartbeat", "--queue", "mails", "--json");

        Assert.Equal(Exit.Ok, served.ExitCode);
        Assert.Contains("serves queue 'mails'; they serve ad_queue", other.Output.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_only_answers_runs_nothing_and_the_doctor_says_what_is_missing()
    {
        await using var server = await TestServer.StartAsync("--store", "memory", "--roles", "api");

        var job = await server.RunAsync("job", "enqueue", "heartbeat", "--json");
        var doctor = await server.RunAsync("doctor", "--config", _directory.Write("c.yaml", "schedules: []"));

        Assert.Contains("no handler", job.Output, StringComparison.Ordinal);
        Assert.Contains("has the role scheduler: no schedule fires", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("has the role worker: no job runs", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_names_queues_that_nobody_serves()
    {
        await using var server = await TestServer.StartAsync("--store", "memory", "--queues", "ad_queue");
        await server.RunAsync("job", "enqueue", "heartbeat", "--queue", "mails");

        var doctor = await server.RunAsync("doctor", "--config", _directory.Write("c.yaml", "schedules: []"));

        Assert.Contains("is served by no live node, and 1 pending job cannot begin", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_opens_no_port_and_stops_in_order()
    {
        await using var server = await TestServer.StartSilentAsync("--store", "memory", "--roles", "worker");

        Assert.Equal(0, await server.StopAsync());
    }

    [Theory]
    [InlineData("--roles (wroker): 'wroker' is no role; there are scheduler, worker, api; did you mean 'worker'?.", "--roles", "wroker")]
    [InlineData("--urls (http://127.0.0.1:9): this node has no role api, so it listens nowhere. Leave --urls out, or give it --roles worker,api.", "--roles", "worker", "--urls", "http://127.0.0.1:9")]
    [InlineData("Queues (", "--queues", "a\u0001b")]
    public async Task What_does_not_fit_refuses_the_start(string expected, params string[] args)
    {
        var (exitCode, _, error) = await CommandLineTests.RunAsync(["serve", "--store", "memory", .. args]);

        Assert.Equal(Exit.Configuration, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_files_roles_decide_and_the_command_line_goes_before_them()
    {
        var config = _directory.Write("c.yaml", "settings: {roles: [worker], queues: [mails]}\n");
        await using var silent = await TestServer.StartSilentAsync("--store", "memory", "--config", config);
        await using var server = await TestServer.StartAsync("--store", "memory", "--config", config, "--roles", "worker,api", "--queues", "default", "--name", "ada");

        var list = await server.RunAsync("node", "list");

        Assert.Matches(@"ada +working +worker,api +default", list.Output);
    }

    [Fact]
    public async Task A_drained_node_keeps_answering_and_is_resumed()
    {
        await using var server = await TestServer.StartAsync("--store", "memory", "--name", "ada");

        var drained = await server.RunAsync("node", "drain", "ada", "--reason", "kernel update", "--wait");
        var list = await server.RunAsync("node", "list");
        var resumed = await server.RunAsync("node", "resume", "ada");
        var done = await server.RunAsync("job", "enqueue", "heartbeat", "--wait");

        Assert.Equal((Exit.Ok, "ada: drained, asked by local: kernel update."), (drained.ExitCode, drained.Output.TrimEnd()));
        Assert.Matches("ada +drained", list.Output);
        Assert.Equal((Exit.Ok, "ada: working."), (resumed.ExitCode, resumed.Output.TrimEnd()));
        Assert.Equal(Exit.Ok, done.ExitCode);
    }

    [Fact]
    public async Task A_node_that_is_drained_to_leave_ends_with_0()
    {
        await using var server = await TestServer.StartAsync("--store", "memory", "--name", "ada");

        var drained = await server.RunAsync("node", "drain", "ada", "--exit", "--wait");

        Assert.Equal((Exit.Ok, 0), (drained.ExitCode, await server.EndedAsync()));
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_said_with_those_that_are()
    {
        await using var server = await TestServer.StartAsync("--store", "memory", "--name", "worker-1");

        var unknown = await server.RunAsync("node", "drain", "wroker-1");

        Assert.Equal(Exit.NotFound, unknown.ExitCode);
        Assert.Contains("No live node is named 'wroker-1'; there are worker-1. Did you mean 'worker-1'?", unknown.Error, StringComparison.Ordinal);
    }
}
