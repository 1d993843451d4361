using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon status</c></summary>
internal static class StatusVerb
{
    public static Verb Make() => new Verb("status", "How the answering node and its cluster stand: who leads, the clock, connections, jobs", "carillon status", "carillon status --json").Does(ShowAsync);

    private static async Task<int> ShowAsync(Session session, CancellationToken cancellationToken) =>
        session.Answer(await session.Api.GetAsync("api/v1/status", cancellationToken), status => Show(session.Terminal, status));

    private static void Show(Terminal terminal, JsonElement status)
    {
        var (connections, jobs) = (status.Member("storeConnections"), status.Member("jobs"));
        terminal.Field("node", $"{status.Text("instance")} ({status.Text("state") ?? "holds no lease"})");
        terminal.Field("roles", List(status, "roles"));
        terminal.Field("queues", List(status, "queues") ?? "all");
        terminal.Field("leader", status.Text("leaderInstance") is { } leader ? $"{leader} (term {status.Text("leaderTerm")})" : "none at this moment");
        terminal.Field("nodes", status.Text("nodes"));
        terminal.Field("handlers", status.Text("handlers"));
        terminal.Field("jobs", $"{jobs.Text("pending")} pending, {jobs.Text("running")} running, {jobs.Text("waiting")} waiting, {jobs.Text("dead")} dead");
        terminal.Field("store", status.Text("store"));
        terminal.Field("connections", connections.ValueKind == JsonValueKind.Object ? $"{connections.Text("used")} of at most {connections.Text("max")} in use" : null);
        terminal.Field("now", status.Instant("now"));
        terminal.Field("clock offset", status.Text("clockOffset"));
        terminal.Field("version", $"{status.Text("version")}, zone data {status.Text("zoneData")}");
    }

    private static string? List(JsonElement status, string member) =>
        status.Member(member) is { ValueKind: JsonValueKind.Array } list ? string.Join(",", list.EnumerateArray().Select(item => item.GetString())) : null;
}
