using System.Net;
using System.Text.Json;
using Carillon.Cluster;
using Carillon.Store;

namespace Carillon.Tests.Rest;

public sealed class ClusterApiTests
{
    [Fact]
    public async Task Status_names_the_answering_node_and_the_leader()
    {
        await using var api = await ApiHost.StartAsync();
        await api.AddNodeAsync("node-b", ApiHost.Handler("x"));
        var lead = await api.Store.AcquireAsync("leader", "node-b", TimeSpan.FromMinutes(1), "{}", api.Clock.GetUtcNow(), CancellationToken.None);
        await api.PostAsync("/api/v1/jobs", """{"handler":"x"}""");

        var status = await api.GetAsync("/api/v1/status");
        var older = await api.GetAsync("/api/v1/scheduler/status");

        Assert.Equal("node-a", status["instance"].GetString());
        Assert.Equal("node-b", status["leaderInstance"].GetString());
        Assert.Equal(lead!.Token, status["leaderTerm"].GetInt64());
        Assert.Equal("memory", status["store"].GetString());
        Assert.Equal(JsonValueKind.Null, status["storeConnections"].ValueKind);
        Assert.Equal("0s", status["clockOffset"].GetString());
        Assert.Equal(1, status["jobs"].GetProperty("pending").GetInt32());
        Assert.Equal("node-b", older["leaderInstance"].GetString());
    }

    [Fact]
    public async Task Locks_are_listed_with_their_node()
    {
        await using var api = await ApiHost.StartAsync();
        await api.AddNodeAsync("node-b");
        var node = Assert.Single(await api.Store.ListLeasesAsync("node/", api.Instance.Clock.GetUtcNow(), CancellationToken.None));
        var held = await api.Store.LockAsync(new LockRequest("lock/tenants/7", "node-b", node.Token, """{"since":"2027-01-01T12:00:00Z"}"""), api.Instance.Clock.GetUtcNow(), CancellationToken.None);

        var locks = await api.GetAsync("/api/v1/locks");

        var one = Assert.Single(locks["items"].EnumerateArray());
        Assert.Equal(("tenants/7", "node-b", held!.Token), (one.GetProperty("name").GetString(), one.GetProperty("node").GetString(), one.GetProperty("token").GetInt64()));
    }

    [Fact]
    public async Task Nodes_and_handlers_are_listed()
    {
        await using var api = await ApiHost.StartAsync();
        await api.AddNodeAsync("node-b", ApiHost.Handler("mail.send", maxConcurrent: 2), ApiHost.Handler("exec", isPrivileged: true));
        await api.AddNodeAsync("node-c", new HandlerManifest("mail.send", "Sends", "mail", 2, false, """{"type":"object"}"""), new HandlerManifest("audit.export", null, null, null, false, null) { KeepFinished = TimeSpan.FromDays(365) });

        var nodes = await api.GetAsync("/api/v1/nodes");
        var handlers = await api.GetAsync("/api/v1/handlers");
        var one = await api.GetAsync("/api/v1/handlers/mail.send");

        Assert.Equal(["node-b", "node-c"], nodes["items"].EnumerateArray().Select(node => node.GetProperty("name").GetString()));
        Assert.Equal(["audit.export", "exec", "mail.send"], handlers["items"].EnumerateArray().Select(handler => handler.GetProperty("name").GetString()));
        Assert.Equal(["365d", null, null], handlers["items"].EnumerateArray().Select(handler => handler.GetProperty("keepFinished").GetString()));
        Assert.True(handlers["items"][1].GetProperty("privileged").GetBoolean());
        Assert.Equal(2, one["nodes"].GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/handlers/none")).Status);
    }

    [Fact]
    public async Task A_node_is_drained_by_way_of_another_and_resumed()
    {
        await using var api = await ApiHost.StartAsync();
        await api.AddNodeAsync("db/7", ApiHost.Handler("x"));

        var drained = await api.PostAsync("/api/v1/nodes/db%2F7/drain", """{"reason":"kernel update","grace":"2m"}""");
        var listed = await api.GetAsync("/api/v1/nodes/db%2F7");
        var wait = await api.PostAsync("/api/v1/jobs", """{"handler":"x"}""");
        var resumed = await api.PostAsync("/api/v1/nodes/db%2F7/resume");

        Assert.Equal((HttpStatusCode.Accepted, "draining", "local", "kernel update"),
            (drained.Status, drained["state"].GetString(), drained["drainedBy"].GetString(), drained["drainReason"].GetString()));
        Assert.Equal(("draining", JsonValueKind.Null), (listed["state"].GetString(), listed["queues"].ValueKind));
        Assert.Equal(["scheduler", "worker", "api"], listed["roles"].EnumerateArray().Select(role => role.GetString()));
        Assert.Contains("are drained (db/7)", wait.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Accepted, "working", JsonValueKind.Null), (resumed.Status, resumed["state"].GetString(), resumed["drainedBy"].ValueKind));
    }

    [Fact]
    public async Task A_node_that_does_not_live_is_named_with_those_that_do()
    {
        await using var api = await ApiHost.StartAsync();
        await api.AddNodeAsync("worker-1");
        await api.AddNodeAsync("worker-2");

        var unknown = await api.PostAsync("/api/v1/nodes/wroker-1/drain");
        var far = await api.GetAsync("/api/v1/nodes/elsewhere");
        var refused = await api.PostAsync("/api/v1/nodes/worker-1/drain", """{"grace":"2d"}""");

        Assert.Equal((HttpStatusCode.NotFound, "No live node is named 'wroker-1'; there are worker-1, worker-2. Did you mean 'worker-1'?"), (unknown.Status, unknown["detail"].GetString()));
        Assert.Equal((HttpStatusCode.NotFound, "No live node is named 'elsewhere'; there are worker-1, worker-2."), (far.Status, far["detail"].GetString()));
        Assert.Equal(["grace"], refused.Fields);
    }

    [Fact]
    public async Task A_queue_is_paused_limited_and_resumed()
    {
        await using var api = await ApiHost.StartAsync();

        var paused = await api.PostAsync("/api/v1/queues/mail/pause", """{"reason":"r"}""");
        var limited = await api.PostAsync("/api/v1/queues/mail/limit", """{"maxConcurrent":2}""");
        var unlimited = await api.PostAsync("/api/v1/queues/mail/limit", """{"maxConcurrent":null}""");
        var resumed = await api.PostAsync("/api/v1/queues/mail/resume");
        var refused = await api.PostAsync("/api/v1/queues/mail/limit", """{"maxConcurrent":0}""");
        var list = await api.GetAsync("/api/v1/queues");

        Assert.True(paused["paused"].GetBoolean());
        Assert.Equal("local", paused["pausedBy"].GetString());
        Assert.Equal(2, limited["maxConcurrent"].GetInt32());
        Assert.Equal(JsonValueKind.Null, unlimited["maxConcurrent"].ValueKind);
        Assert.False(resumed["paused"].GetBoolean());
        Assert.Equal(["maxConcurrent"], refused.Fields);
        Assert.Equal(["default", "mail"], list["items"].EnumerateArray().Select(queue => queue.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_prefix_stands_before_every_path()
    {
        await using var api = await ApiHost.StartAsync(prefix: "/carillon");

        var job = await api.PostAsync("/carillon/api/v1/jobs", """{"handler":"x"}""");
        var openApi = await api.GetAsync("/carillon/openapi/v1.json");

        Assert.Equal($"/carillon/api/v1/jobs/{job["id"].GetString()}", job.Header("Location"));
        Assert.Equal("/carillon", openApi["servers"][0].GetProperty("url").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/jobs")).Status);
    }

    [Fact]
    public async Task Head_is_answered_where_get_is()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Head, "/health/live")).Status);
    }
}
