using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon queue …</c></summary>
internal static class QueueVerbs
{
    private const string Path = "api/v1/queues";
    private static readonly Argument<string> Name = new("name") { Description = "The queue's name" };
    private static readonly Argument<string> Count = new("count") { Description = "At most so many of its jobs run at once in the whole cluster; none takes the limit away" };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Why; shown to everyone who asks", HelpName = "TEXT" };

    public static Verb Make() => new Verb("queue", "Look at queues, pause, resume or limit them").With(
        new Verb("list", "Queues with what waits and runs in them", "carillon queue list").Does(ListAsync),
        new Verb("pause", "Begin none of its jobs; running ones go on", "carillon queue pause mails --reason 'mail server moves'").With(Name, Reason)
            .Does((session, cancellationToken) => ActAsync(session, "pause", ReasonOf(session), cancellationToken)),
        new Verb("resume", "Begin its jobs again, at once", "carillon queue resume mails").With(Name)
            .Does((session, cancellationToken) => ActAsync(session, "resume", null, cancellationToken)),
        new Verb("limit", "How many of its jobs may run at once", "carillon queue limit mails 5", "carillon queue limit mails none").With(Name, Count)
            .Does((session, cancellationToken) => ActAsync(session, "limit", new JsonObject { ["maxConcurrent"] = Limit(session.Get(Count)) }, cancellationToken)));

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(Path, cancellationToken);
        return session.Answer(answer, page =>
        {
            var table = new Table("QUEUE", "PENDING", "RUNNING", "WAITING", "DEAD", "LIMIT", "PAUSED", "BY", "REASON");
            foreach (var queue in page.Items("items"))
            {
                table.Add(queue.Text("name"), queue.Text("pending"), queue.Text("running"), queue.Text("waiting"), queue.Text("dead"), queue.Text("maxConcurrent"),
                    queue.Text("paused") ?? queue.Text("isPaused"), queue.Text("pausedBy"), queue.Text("pauseReason"));
            }

            table.Write(session.Terminal, "There are no queues.");
        });
    }

    private static async Task<int> ActAsync(Session session, string act, JsonNode? body, CancellationToken cancellationToken)
    {
        var name = session.Get(Name);
        var answer = await session.Api.PostAsync($"{Path}/{Query.Segment(name)}/{act}", body, cancellationToken);
        return session.Answer(answer, queue => session.Terminal.Line(
            $"{name}: {(queue.Text("paused") == "true" ? "paused" : "runs")}, {(queue.Text("maxConcurrent") is { } limit ? $"at most {limit} at once" : "no limit")}."));
    }

    private static JsonObject? ReasonOf(Session session) => session.Get(Reason) is { } reason ? new JsonObject { ["reason"] = reason } : null;

    private static JsonValue? Limit(string given) => given switch
    {
        "none" => null,
        _ when int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => JsonValue.Create(count),
        _ => throw new CliException(Exit.BadInput, $"count ({given}) must be a whole number above 0, or none; to stop a queue, pause it."),
    };
}
