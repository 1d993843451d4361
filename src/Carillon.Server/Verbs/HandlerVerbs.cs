using System.CommandLine;
using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon handler …</c></summary>
internal static class HandlerVerbs
{
    private const string Path = "api/v1/handlers";
    private static readonly Argument<string> Name = new("name") { Description = "The handler's name, as `carillon handler list` shows it" };
    private static readonly Option<int?> Limit = new("--limit") { Description = "At most so many, up to 200 [50]", HelpName = "N" };
    private static readonly Option<string?> Cursor = new("--cursor") { Description = "Go on where the page before ended", HelpName = "CURSOR" };

    public static Verb Make() => new Verb("handler", "The handlers of live nodes: their queues, limits, and how long their jobs are kept").With(
        new Verb("list", "Handlers by name, and which nodes have them", "carillon handler list").With(Limit, Cursor).Does(ListAsync),
        new Verb("show", "One handler, with the schema of its arguments", "carillon handler show http").With(Name).Does(NearestName.Or(Path, "handler list", Name, ShowAsync)));

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(Query.Of(Path, ("limit", session.Get(Limit)), ("cursor", session.Get(Cursor))), cancellationToken);
        return session.Answer(answer, page =>
        {
            var table = new Table("HANDLER", "QUEUE", "LIMIT", "KEPT", "PRIVILEGED", "NODES");
            foreach (var handler in page.Items("items"))
            {
                table.Add(handler.Text("name"), QueueOf(handler), handler.Text("maxConcurrent"), Kept(handler), handler.Text("privileged"), Nodes(handler));
            }

            table.Write(session.Terminal, "No live node has a handler: no job runs.");
            if (page.Text("next") is { } next)
            {
                session.Terminal.Note($"There are more: --cursor {next}");
            }
        });
    }

    private static async Task<int> ShowAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync($"{Path}/{Query.Segment(session.Get(Name))}", cancellationToken);
        return session.Answer(answer, handler => Print(session.Terminal, handler));
    }

    private static void Print(Terminal terminal, JsonElement handler)
    {
        terminal.Field("Handler", handler.Text("name"));
        terminal.Field("Description", handler.Text("description"));
        terminal.Field("Queue", QueueOf(handler));
        terminal.Field("Limit", handler.Text("maxConcurrent") is { } limit ? $"at most {limit} at once" : "none");
        terminal.Field("Kept", Kept(handler));
        terminal.Field("Privileged", handler.Text("privileged"));
        terminal.Field("Nodes", Nodes(handler));
        terminal.Field("Args", handler.Text("argsSchema"));
    }

    private static string QueueOf(JsonElement handler) => handler.Text("queue") ?? "default";

    private static string Kept(JsonElement handler) => handler.Text("keepFinished") ?? "as the host says";

    private static string Nodes(JsonElement handler) => string.Join(",", handler.Items("nodes").Select(node => node.GetString()));
}
