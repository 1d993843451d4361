using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon node …</c></summary>
internal static class NodeVerbs
{
    public static Verb Make() => new Verb("node", "The nodes of the cluster").With(
        new Verb("list", "Live nodes, and which one leads", "carillon node list").Does(ListAsync));

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync("api/v1/nodes", cancellationToken);
        return session.Answer(answer, page =>
        {
            var table = new Table("NODE", "LEADER", "VERSION", "PROCESS", "SLOTS", "STARTED", "LEASE UNTIL");
            foreach (var node in page.Items("items"))
            {
                table.Add(node.Text("name") ?? node.Text("node"), node.Text("leader") ?? node.Text("isLeader"), node.Text("version"), node.Text("processId"),
                    node.Text("maxConcurrentJobs") ?? node.Text("slots"), node.Instant("startedAt"), node.Instant("until"));
            }

            table.Write(session.Terminal, "No node lives: nothing runs.");
        });
    }
}
