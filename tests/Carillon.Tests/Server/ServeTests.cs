using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Tests.Server;

public sealed class ServeTests : IDisposable
{
    private const string Ticking = "schedules:\n  - {name: tick, handler: heartbeat, every: 100ms}\n";
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_server_runs_what_its_file_says_and_what_the_command_line_hands_in()
    {
        var config = _directory.Write("c.yaml", Ticking);
        await using var server = await TestServer.StartAsync("--store", "memory", "--config", config);
        await server.WaitForAsync("of schedule tick");

        var done = await server.RunAsync("job", "enqueue", "heartbeat", "--wait");
        var jobs = await server.RunAsync("job", "list", "--schedule", "tick", "--limit", "1", "--json");
        var schedules = await server.RunAsync("schedule", "list");
        var status = await server.RunAsync("status");

        Assert.Equal(Exit.Ok, done.ExitCode);
        Assert.Matches(@"leader: +\S+ \(term \d+\)\s", status.Output);
        Assert.DoesNotContain("connections", status.Output, StringComparison.Ordinal);
        Assert.Contains("heartbeat  succeeded", done.Output, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(jobs.Output);
        Assert.Equal("tick", Assert.Single(document.RootElement.GetProperty("items").EnumerateArray()).GetProperty("schedule").GetString());
        Assert.Contains("every 100ms", schedules.Output, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Each_kind_of_refusal_has_its_exit_code()
    {
        await using var server = await TestServer.StartAsync("--store", "memory");

        var unknownJob = await server.RunAsync("job", "show", "01981c2e-7c9b-7d3e-8a54-2f6f6b1d9c10");
        var unknownSchedule = await server.RunAsync("schedule", "pause", "nightly");
        var badBody = await server.RunAsync("schedule", "add", "a", "--cron", "61 * * * *", "--handler", "heartbeat");
        var privileged = await server.RunAsync("job", "enqueue", "exec", "--args", """{"program":"date"}""");

        Assert.Equal((Exit.NotFound, Exit.NotFound, Exit.BadInput, Exit.NotAllowed), (unknownJob.ExitCode, unknownSchedule.ExitCode, badBody.ExitCode, privileged.ExitCode));
        Assert.Contains("61", badBody.Error, StringComparison.Ordinal);
        Assert.Contains("--allow-remote-exec", privileged.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_of_a_schedule_s_group_are_listed()
    {
        await using var server = await TestServer.StartAsync("--store", "memory");
        await server.RunAsync("schedule", "add", "letters", "--every", "1h", "--handler", "heartbeat", "--group", "acme");
        await server.RunAsync("schedule", "trigger", "letters");

        var shown = await server.RunAsync("schedule", "show", "letters");
        var listed = await server.RunAsync("job", "list", "--group", "acme");
        var others = await server.RunAsync("job", "list", "--group", "other");

        Assert.Matches(@"Group: +acme\s", shown.Output);
        Assert.Contains("letters", listed.Output, StringComparison.Ordinal);
        Assert.Contains("No job matches.", others.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_key_made_every_call_needs_one()
    {
        await using var server = await TestServer.StartAsync("--store", "memory");
        var made = await server.RunAsync("key", "create", "ops", "--role", "admin", "--json");
        using var key = JsonDocument.Parse(made.Output);
        var secret = key.RootElement.GetProperty("key").GetString()!;

        var without = await server.RunAsync("job", "list");
        var with = await server.RunAsync("job", "list", "--key", secret);

        Assert.Equal((Exit.NotAllowed, Exit.Ok), (without.ExitCode, with.ExitCode));
        Assert.Contains("CARILLON_KEY", without.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await server.RunAsync("key", "list", "--key", secret)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_the_file_is_applied_and_a_broken_one_changes_nothing()
    {
        var config = _directory.Write("c.yaml", Ticking);
        await using var server = await TestServer.StartAsync("--store", "memory", "--config", config);

        _directory.Write("c.yaml", "schedules:\n  - {name: tick, handler: heartbeat, every: often}\n");
        var fault = await server.WaitForAsync("c.yaml:2");
        await server.WaitForAsync("stays in force");
        var kept = await server.RunAsync("schedule", "show", "tick");
        _directory.Write("c.yaml", "schedules:\n  - {name: tock, handler: heartbeat, every: 1h}\n");
        await server.WaitForAsync("1 added, 1 removed");

        Assert.Contains("schedules[0].every (often)", fault, StringComparison.Ordinal);
        Assert.Contains("100ms", kept.Output, StringComparison.Ordinal);
        Assert.Equal(Exit.NotFound, (await server.RunAsync("schedule", "show", "tick")).ExitCode);
    }

    [Fact]
    public async Task A_schedule_calls_its_own_server_at_whichever_port_it_listens()
    {
        var config = _directory.Write("c.yaml", "http: {allow: [self]}\n");
        await using var server = await TestServer.StartAsync("--store", "memory", "--config", config);

        var done = await server.RunAsync("job", "enqueue", "http", "--args", """{"url":"/health/live"}""", "--wait");
        _directory.Write("c.yaml", "http: {allow: []}\n");

        Assert.Contains("http  succeeded", done.Output, StringComparison.Ordinal);
        Assert.Contains("http.allow changed", await server.WaitForAsync("started again"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_sends_a_file_or_has_the_server_read_its_own()
    {
        var (own, other) = (_directory.Write("own.yaml", Ticking), _directory.Write("other.yaml", "schedules:\n  - {name: b, handler: heartbeat, every: 1h}\n"));
        await using var server = await TestServer.StartAsync("--store", "memory", "--config", own);
        await server.RunAsync("schedule", "remove", "tick");

        var sent = await server.RunAsync("apply", other);
        var left = await server.RunAsync("apply");
        var forced = await server.RunAsync("apply", "--force");

        Assert.Contains("other.yaml: 1 added", sent.Output, StringComparison.Ordinal);
        Assert.Contains("1 left deleted", left.Output, StringComparison.Ordinal);
        Assert.Contains("1 added", forced.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_sent_cannot_name_what_only_the_servers_own_may()
    {
        var config = _directory.Write("c.yaml", "schedules:\n  - {name: x, handler: exec, every: 1h, args: {program: date}}\n");
        await using var closed = await TestServer.StartAsync("--store", "memory");
        await using var open = await TestServer.StartAsync("--store", "memory", "--allow-remote-exec");
        await using var own = await TestServer.StartAsync("--store", "memory", "--config", config);

        Assert.Equal(Exit.NotAllowed, (await closed.RunAsync("apply", config)).ExitCode);
        Assert.Equal(Exit.Ok, (await open.RunAsync("apply", config)).ExitCode);
        Assert.Equal(Exit.Ok, (await own.RunAsync("schedule", "show", "x")).ExitCode);
    }

    [Fact]
    public async Task A_broken_configuration_refuses_the_start_with_every_fault()
    {
        var (one, two) = (_directory.Write("one.yaml", "shedules: []"), _directory.Write("two.yaml", "schedules: 5\nqueues: {a: 0}\n"));

        var (exitCode, _, error) = await CommandLineTests.RunAsync("serve", "--store", "memory", "--config", one, "--config", two, "--config", _directory.PathOf("none.yaml"));

        Assert.Equal(Exit.Configuration, exitCode);
        Assert.Equal(["one.yaml:1:1", "two.yaml:1:1", "two.yaml:2:10", "none.yaml", "Carillon was not started."],
            error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => line.Contains(": ", StringComparison.Ordinal) ? Path.GetFileName(line[..line.IndexOf(": ", StringComparison.Ordinal)]) : line));
    }

    [Fact]
    public async Task Two_files_of_one_owner_name_are_refused()
    {
        var (one, two) = (_directory.Write("one.yaml", "owner: a"), _directory.Write("two.yaml", "owner: a"));

        var (exitCode, _, error) = await CommandLineTests.RunAsync("serve", "--store", "memory", "--config", one, "--config", two);

        Assert.Equal(Exit.Configuration, exitCode);
        Assert.Contains("owner (a)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_others_can_reach_is_refused_without_a_key_and_taken_with_one()
    {
        var store = $"sqlite:{_directory.PathOf("a.db")}";

        var refused = await CommandLineTests.RunAsync("serve", "--urls", "http://0.0.0.0:0", "--store", store);
        var made = await CommandLineTests.RunAsync("key", "create", "ops", "--role", "admin", "--store", store);
        await using var server = await TestServer.StartAsync("--urls", "http://0.0.0.0:0", "--store", store);

        Assert.Equal((Exit.Configuration, Exit.Ok), (refused.ExitCode, made.ExitCode));
        Assert.Contains("carillon key create", refused.Error, StringComparison.Ordinal);
        Assert.StartsWith("carillon_", made.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_refuses_the_start_and_is_not_touched()
    {
        var path = _directory.Write("a.db", new string('x', 10_000));

        var (exitCode, _, error) = await CommandLineTests.RunAsync("serve", "--store", $"sqlite:{path}");

        Assert.Equal(Exit.Configuration, exitCode);
        Assert.Contains(path, error, StringComparison.Ordinal);
        Assert.Equal(new string('x', 10_000), await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_second_server_on_the_same_file_is_refused()
    {
        var store = $"sqlite:{_directory.PathOf("a.db")}";
        await using var server = await TestServer.StartAsync("--store", store);

        var (exitCode, _, error) = await CommandLineTests.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--store", store);

        Assert.Equal(Exit.Configuration, exitCode);
        Assert.Contains("in use by another Carillon", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_refuses_the_start_before_anything_is_done()
    {
        var store = _directory.PathOf("a.db");
        await using var server = await TestServer.StartAsync("--store", "memory");

        var (exitCode, output, error) = await CommandLineTests.RunAsync("serve", "--urls", server.Address, "--store", $"sqlite:{store}");

        Assert.Equal((Exit.Configuration, ""), (exitCode, output));
        Assert.Equal(
            [$"--urls ({server.Address}) cannot be listened on: another process listens there; stop it, or choose another address with --urls http://127.0.0.1:PORT.", "Carillon was not started."],
            error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.False(File.Exists(store));
    }

    [Fact]
    public async Task An_address_that_the_machine_does_not_have_is_refused()
    {
        var (exitCode, _, error) = await CommandLineTests.RunAsync("serve", "--urls", "http://192.0.2.1:0", "--store", "memory");

        Assert.Equal(Exit.Configuration, exitCode);
        Assert.Contains("this machine has no such address", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_root_says_where_to_begin()
    {
        await using var server = await TestServer.StartAsync("--store", "memory");
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };

        using var answer = await http.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal((System.Net.HttpStatusCode.NotFound, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("/api/v1/status; /openapi/v1.json", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_of_the_file_reaches_the_engine()
    {
        var config = _directory.Write("c.yaml", "settings: {max_concurrent_jobs: 7, node_name: tower}\n");
        await using var server = await TestServer.StartAsync("--store", "memory", "--config", config);

        var nodes = await server.RunAsync("node", "list", "--json");

        using var document = JsonDocument.Parse(nodes.Output);
        var node = Assert.Single(document.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal(("tower", 7), (node.GetProperty("name").GetString(), node.GetProperty("slots").GetInt32()));
    }

    [Fact]
    public async Task A_job_that_was_there_and_a_name_that_is_not_are_said()
    {
        await using var server = await TestServer.StartAsync("--store", "memory", "--config", _directory.Write("c.yaml", "schedules:\n  - {name: nightly, handler: heartbeat, every: 1h}\n"));

        var first = await server.RunAsync("job", "enqueue", "mail.send", "--unique", "k1");
        var second = await server.RunAsync("job", "enqueue", "mail.send", "--unique", "k1");
        var unknown = await server.RunAsync("schedule", "show", "nigtly");
        var doctor = await server.RunAsync("doctor");

        Assert.DoesNotContain("existing", first.Output, StringComparison.Ordinal);
        Assert.Contains("(existing: a job had the key already)", second.Output, StringComparison.Ordinal);
        Assert.Equal(Exit.NotFound, unknown.ExitCode);
        Assert.Contains("Did you mean 'nightly'?", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("handler mail.send: is on no live node, and 1 pending job cannot begin without it", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_finds_what_is_wrong()
    {
        var config = _directory.Write("c.yaml", "schedules:\n  - {name: a, handler: hartbeat, every: 1h}\n");
        await using var server = await TestServer.StartAsync("--store", "memory", "--config", config);
        await server.RunAsync("queue", "pause", "mails", "--reason", "moving");

        var healthy = await server.RunAsync("doctor", "--config", config);
        var broken = await server.RunAsync("doctor", "--config", _directory.Write("bad.yaml", "x: 1"));

        Assert.Equal((Exit.Ok, Exit.Failed), (healthy.ExitCode, broken.ExitCode));
        Assert.Contains("no live node has its handler 'hartbeat'", healthy.Output, StringComparison.Ordinal);
        Assert.Contains("moving", healthy.Output, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:1:1: x: is unknown", broken.Output, StringComparison.Ordinal);
    }
}
