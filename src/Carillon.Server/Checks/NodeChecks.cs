using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Server.Checks;

/// <summary>Whether the live nodes together do all that there is to do.</summary>
internal static class NodeChecks
{
    public static IEnumerable<Finding> Look(JsonElement status, IReadOnlyList<JsonElement> nodes)
    {
        var (count, leader) = (status.Text("nodes") ?? "0", status.Text("leaderInstance"));
        var working = nodes.Where(node => node.Text("state") == "working").ToList();
        if (!working.Any(node => Has(node, "roles", "scheduler")))
        {
            yield return new Finding(Severity.Warning, "nodes", $"{count} live, and none that works has the role scheduler: no schedule fires", "Start one: carillon serve --roles scheduler --store STORE; or resume one that is drained.");
        }
        else
        {
            yield return leader is null
                ? new Finding(Severity.Warning, "nodes", $"{count} live, and none leads at this moment", "Look again in 20 s; if it stays so, the server's log says why.")
                : new Finding(Severity.Ok, "nodes", $"{count} live, {leader} leads{(status.Text("leaderTerm") is { } term ? $" (term {term})" : "")}");
        }

        if (!working.Any(IsWorker))
        {
            yield return new Finding(Severity.Warning, "nodes", $"{count} live, and none that works has the role worker: no job runs", "Start one: carillon serve --roles worker --store STORE; or resume one that is drained.");
        }

        foreach (var node in nodes.Where(node => node.Text("state") is "draining" or "drained"))
        {
            var why = node.Text("drainReason") is { } reason ? $": {reason}" : "";
            yield return new Finding(Severity.Warning, $"node {node.Text("name")}", $"is {node.Text("state")}, asked by {node.Text("drainedBy")}{why}", $"carillon node resume {node.Text("name")}");
        }
    }

    /// <summary>Queues whose jobs wait and that no worker serves.</summary>
    public static IEnumerable<Finding> Unserved(IReadOnlyList<JsonElement> nodes, JsonElement queues)
    {
        var workers = nodes.Where(node => node.Text("state") == "working" && IsWorker(node)).ToList();
        return queues.Items("items").Where(queue => queue.Text("pending") is not (null or "0") && workers.Count > 0 && !workers.Any(node => Serves(node, queue.Text("name")!)))
            .Select(queue => new Finding(Severity.Warning, $"queue {queue.Text("name")}", $"is served by no live node, and {Counted.Of(int.Parse(queue.Text("pending")!, System.Globalization.CultureInfo.InvariantCulture), "pending job")} cannot begin",
                $"Start a node that serves it: carillon serve --queues {queue.Text("name")} --store STORE"));
    }

    private static bool IsWorker(JsonElement node) => Has(node, "roles", "worker");

    private static bool Serves(JsonElement node, string queue) => !IsList(node, "queues") || Has(node, "queues", queue);

    private static bool IsList(JsonElement node, string member) => node.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array;

    private static bool Has(JsonElement node, string member, string name) =>
        IsList(node, member) && node.GetProperty(member).EnumerateArray().Any(item => item.GetString() == name);
}
