using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Language;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon node …</c></summary>
internal static class NodeVerbs
{
    private const string Path = "api/v1/nodes";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly Argument<string> Name = new("name") { Description = "The node's name, as `carillon node list` shows it" };
    private static readonly Option<bool> Leave = new("--exit") { Description = "End its process, orderly, once it is drained" };
    private static readonly Option<bool> Wait = new("--wait") { Description = "Wait until it is drained, or gone" };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Why; shown to everyone who asks", HelpName = "TEXT" };
    private static readonly Option<TimeSpan?> Grace = new("--grace")
    {
        Description = "Running jobs have so long before they are handed over; by default the node's DrainTimeout",
        HelpName = "DURATION",
        CustomParser = DurationOption.Parse,
    };

    public static Verb Make() => new Verb("node", "The nodes of the cluster: look, take one out of work, put it back").With(
        new Verb("list", "Live nodes, how they stand, and which one leads", "carillon node list").Does(ListAsync),
        new Verb("drain", "Take a node out of work: no new job, running ones end or are handed over", "carillon node drain worker-1 --reason 'kernel update'", "carillon node drain worker-1 --exit --grace 2m --wait")
            .With(Name, Leave, Grace, Wait, Reason).Does(DrainAsync),
        new Verb("resume", "Put a drained node back to work", "carillon node resume worker-1").With(Name)
            .Does(async (session, cancellationToken) => Answer(session, await session.Api.PostAsync($"{PathOf(session)}/resume", null, cancellationToken))));

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(Path, cancellationToken);
        return session.Answer(answer, page =>
        {
            var table = new Table("NODE", "STATE", "ROLES", "QUEUES", "LEADER", "VERSION", "PROCESS", "SLOTS", "STARTED", "LEASE UNTIL");
            foreach (var node in page.Items("items"))
            {
                table.Add(node.Text("name"), node.Text("state"), List(node, "roles"), List(node, "queues") ?? "all", node.Text("leader"), node.Text("version"), node.Text("processId"),
                    node.Text("slots"), node.Instant("startedAt"), node.Instant("until"));
            }

            table.Write(session.Terminal, "No node lives: nothing runs.");
        });
    }

    private static async Task<int> DrainAsync(Session session, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["exit"] = session.Get(Leave), ["grace"] = session.Get(Grace) is { } grace ? Durations.Format(grace) : null, ["reason"] = session.Get(Reason) };
        var answer = await session.Api.PostAsync($"{PathOf(session)}/drain", body, cancellationToken);
        return session.Get(Wait) ? await WaitAsync(session, answer, cancellationToken) : Answer(session, answer);
    }

    // A node that left, or was killed meanwhile, is on no list any more: it takes nothing either.
    private static async Task<int> WaitAsync(Session session, JsonElement answer, CancellationToken cancellationToken)
    {
        var (name, begun) = (session.Get(Name), answer.Text("startedAt"));
        while (answer.Text("state") != "drained" || session.Get(Leave))
        {
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
            answer = await FindAsync(session, node => node.Text("name") == name && node.Text("startedAt") == begun, cancellationToken);
            if (answer.ValueKind == JsonValueKind.Undefined)
            {
                return session.Answer(answer, _ => session.Terminal.Line($"{name}: gone."));
            }

            if (answer.Text("state") == "working")
            {
                throw new CliException(Exit.Failed, $"{name} works again: it was resumed before it was drained.");
            }
        }

        return Answer(session, answer);
    }

    // The node that answers may be the one that leaves.
    private static async Task<JsonElement> FindAsync(Session session, Func<JsonElement, bool> isMeant, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.Api.GetAsync(Query.Of(Path, ("limit", 200)), cancellationToken)).Items("items").FirstOrDefault(isMeant);
        }
        catch (CliException unreachable) when (unreachable.ExitCode == Exit.NotReachable && session.Get(Leave))
        {
            return default;
        }
    }

    private static int Answer(Session session, JsonElement answer) => session.Answer(answer, node => session.Terminal.Line(
        $"{node.Text("name")}: {node.Text("state")}{(node.Text("drainedBy") is { } by ? $", asked by {by}" : "")}{(node.Text("drainReason") is { } reason ? $": {reason}" : "")}."));

    private static string PathOf(Session session) => $"{Path}/{Query.Segment(session.Get(Name))}";

    private static string? List(JsonElement node, string member) =>
        node.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array ? string.Join(",", list.EnumerateArray().Select(item => item.GetString())) : null;
}
