using System.Diagnostics;
using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Running;
using Carillon.Tests.Servers;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>Processes with different parts on one PostgreSQL: one that only answers, and workers that come and go.</summary>
public sealed class NodesTests : IAsyncLifetime
{
    private static readonly TimeSpan LongestUntilHeard = TimeSpan.FromSeconds(1);
    private readonly TestDirectory _directory = new();
    private readonly string _schema = PostgresServer.NewSchema();
    private readonly List<ServerProcess> _processes = [];
    private string _store = "";

    public async Task InitializeAsync() => _store = await PostgresServer.AddressOfAsync(_schema);

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        await PostgresServer.DropAsync(_schema);
        _directory.Dispose();
    }

    [Fact]
    public async Task A_node_that_only_answers_takes_jobs_for_handlers_of_others_and_workers_take_those_of_their_queues()
    {
        var api = (await StartAsync(Answering())).Api;
        await StartAsync(Worker("worker-1", "ad_queue"));
        await StartAsync(Worker("worker-2", "default"));

        var first = await api.EndAsync(await api.EnqueueAsync("""{"handler":"work","queue":"ad_queue"}"""));
        var second = await api.EndAsync(await api.EnqueueAsync("""{"handler":"work"}"""));
        var third = await api.JobAsync(await api.EnqueueAsync("""{"handler":"work","queue":"mails"}"""));
        var nodes = (await api.GetAsync("/api/v1/nodes")).Items;

        Assert.Contains(await api.ListAsync("/api/v1/handlers"), handler => handler.GetProperty("name").GetString() == "await-file");
        Assert.Equal(("worker-1", "worker-2"), (await NodeOfAsync(api, first.Id), await NodeOfAsync(api, second.Id)));
        Assert.Contains("they serve ad_queue, default", third.Text, StringComparison.Ordinal);
        Assert.Equal([("api-1", "api", 0), ("worker-1", "scheduler,worker", 100), ("worker-2", "scheduler,worker", 100)],
            nodes.Select(node => (node.GetProperty("name").GetString(), string.Join(',', node.GetProperty("roles").EnumerateArray()), node.GetProperty("slots").GetInt32())));
    }

    [Fact]
    public async Task A_drained_node_hands_its_jobs_to_another_and_ends()
    {
        var api = (await StartAsync(Answering())).Api;
        var leaving = await StartAsync(Worker("worker-1"));
        var held = await api.EnqueueAsync("""{"handler":"hold"}""");
        await OracleOf("worker-1").BeganAsync(held);
        var heir = await StartAsync(Worker("worker-2"));

        (await api.PostAsync("/api/v1/nodes/worker-1/drain", """{"exit":true,"grace":"300ms","reason":"upgrade"}""")).Is(HttpStatusCode.Accepted);
        await OracleOf("worker-2").BeganAsync(held);
        Assert.Equal(0, await leaving.ExitAsync());
        await heir.Api.PostAsync("/gate");
        var job = await api.EndAsync(held);

        Assert.Equal(("succeeded", "1", "0"), (job["state"], job["attempt"], job["ownerLosses"]));
        Assert.Equal(["start", "stopped-Shutdown"], OracleOf("worker-1").Of(held).Select(line => line.What));
        Assert.Equal(["start", "end"], OracleOf("worker-2").Of(held).Select(line => line.What));
        Assert.Equal(["api-1", "worker-2"], (await api.GetAsync("/api/v1/nodes")).Items.Select(node => node.GetProperty("name").GetString()));
        Assert.Equal(["node.drain", "node.drained"], (await api.GetAsync("/api/v1/audit?subject=node:worker-1")).Items.Select(entry => entry.GetProperty("what").GetString()).Order());
    }

    [Fact]
    public async Task Within_a_second_of_the_answer_a_drained_node_begins_nothing_and_resumed_it_does_again()
    {
        var api = (await StartAsync(Answering())).Api;
        await StartAsync(Worker("worker-1"));
        var isEnough = new TaskCompletionSource();
        var load = LoadAsync(api, isEnough.Task);
        await OracleOf("worker-1").SeesAsync(lines => lines.Count > 20);

        (await api.PostAsync("/api/v1/nodes/worker-1/drain")).Is(HttpStatusCode.Accepted);
        var asked = Stopwatch.GetTimestamp();
        await Poll.UntilAsync(() => api.GetAsync("/api/v1/nodes/worker-1"), node => node["state"] == "drained", "the node is drained");
        await Task.Delay(LongestUntilHeard, TimeProvider.System);
        var begun = OracleOf("worker-1").Read();
        isEnough.SetResult();
        var last = await load;
        var waiting = await api.JobAsync(last);
        (await api.PostAsync("/api/v1/nodes/worker-1/resume")).Is(HttpStatusCode.Accepted);

        Assert.DoesNotContain(begun, line => line.What == "start" && line.Since(asked) > LongestUntilHeard);
        Assert.Contains("drained (worker-1)", waiting.Text, StringComparison.Ordinal);
        Assert.Equal("succeeded", (await api.EndAsync(last))["state"]);
    }

    [Fact]
    public async Task A_worker_alone_opens_no_port()
    {
        var worker = ServerProcess.Launch(new ServerStart("Carillon.Server", ["serve", "--roles", "worker", "--name", "worker-1", "--store", _store]));
        _processes.Add(worker);
        await worker.SeesAsync("opens no port");
        var api = (await StartAsync(Answering())).Api;

        var job = await api.EndAsync(await api.EnqueueAsync("""{"handler":"heartbeat"}"""));

        Assert.Equal("worker-1", await NodeOfAsync(api, job.Id));
        Assert.Empty(ListeningSockets(worker.Id));
        Assert.Equal(0, await worker.TerminateAsync());
    }

    private static async Task<string?> NodeOfAsync(Api api, Guid job) =>
        Assert.Single((await api.GetAsync($"/api/v1/executions?job={job}")).Items).GetProperty("node").GetString();

    private static async Task<Guid> LoadAsync(Api api, Task isEnough)
    {
        Guid last;
        do
        {
            last = await api.EnqueueAsync("""{"handler":"work"}""");
        }
        while (!isEnough.IsCompleted);
        return last;
    }

    // The kernel's own word: sockets of the process that stand in state LISTEN.
    private static List<string> ListeningSockets(int process)
    {
        var own = Directory.EnumerateFileSystemEntries($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/fd")
            .Select(entry => File.ResolveLinkTarget(entry, returnFinalTarget: false)?.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return [.. new[] { "tcp", "tcp6" }.SelectMany(table => File.ReadLines($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(parts => parts[3] == "0A" && own.Contains($"socket:[{parts[9]}]")).Select(parts => parts[1])];
    }

    private ServerStart Answering() => ServerStart.Serve(_store, "--roles", "api", "--name", "api-1");

    private Oracle OracleOf(string worker) => new(_directory.PathOf($"{worker}.oracle"));

    private ServerStart Worker(string name, string queues = "") => ServerStart.Host(_store, OracleOf(name).Path)
        .With("Carillon__NodeName", name).With("Carillon__Roles", "scheduler,worker").With("Carillon__Queues", queues);

    private async Task<ServerProcess> StartAsync(ServerStart start)
    {
        var process = await ServerProcess.StartAsync(start);
        _processes.Add(process);
        return process;
    }
}
