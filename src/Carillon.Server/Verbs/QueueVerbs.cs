using System.CommandLine;
using System.Globalization;
using System.Text.Json;
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

    private static readonly Argument<string> Rate = new("rate") { Description = "So many in such a time: 10/1m, 5/s, '100/1h burst 20'; none takes the limit away" };
    private static readonly Option<bool> PerGroup = new("--per-group") { Description = "Each group of jobs by itself, instead of the whole queue" };
    private static readonly Argument<string> OnOff = new("on|off") { Description = "on: its groups take turns, a job each; off: by rank alone" };

    public static Verb Make() => new Verb("queue", "Look at queues, pause, resume or limit them").With(
        new Verb("list", "Queues with what waits and runs in them", "carillon queue list").Does(ListAsync),
        new Verb("pause", "Begin none of its jobs; running ones go on", "carillon queue pause mails --reason 'mail server moves'").With(Name, Reason)
            .Does((session, cancellationToken) => ActAsync(session, "pause", ReasonOf(session), cancellationToken)),
        new Verb("resume", "Begin its jobs again, at once", "carillon queue resume mails").With(Name)
            .Does((session, cancellationToken) => ActAsync(session, "resume", null, cancellationToken)),
        new Verb("limit", "How many of its jobs may run at once", "carillon queue limit mails 5", "carillon queue limit mails none").With(Name, Count)
            .Does((session, cancellationToken) => ActAsync(session, "limit", new JsonObject { ["maxConcurrent"] = Limit(session.Get(Count)) }, cancellationToken)),
        new Verb("rate", "How often its jobs may begin", "carillon queue rate mails 10/1m", "carillon queue rate mails 1/s --per-group", "carillon queue rate mails none").With(Name, Rate, PerGroup)
            .Does((session, cancellationToken) => ActAsync(session, "rate", RateBody(session), cancellationToken)),
        new Verb("fair", "Whether its groups take turns", "carillon queue fair mails on").With(Name, OnOff)
            .Does((session, cancellationToken) => ActAsync(session, "fair", new JsonObject { ["fair"] = IsOn(session.Get(OnOff)) }, cancellationToken)));

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(Path, cancellationToken);
        return session.Answer(answer, page =>
        {
            var table = new Table("QUEUE", "PENDING", "RUNNING", "WAITING", "DEAD", "LIMIT", "RATE", "RATE/GROUP", "FAIR", "PAUSED", "BY", "REASON");
            foreach (var queue in page.Items("items"))
            {
                table.Add(queue.Text("name"), queue.Text("pending"), queue.Text("running"), queue.Text("waiting"), queue.Text("dead"), queue.Text("maxConcurrent"),
                    queue.Text("maxRate"), queue.Text("maxRatePerGroup"), queue.Text("fair"), queue.Text("paused") ?? queue.Text("isPaused"), queue.Text("pausedBy"), queue.Text("pauseReason"));
            }

            table.Write(session.Terminal, "There are no queues.");
        });
    }

    private static async Task<int> ActAsync(Session session, string act, JsonNode? body, CancellationToken cancellationToken)
    {
        var name = session.Get(Name);
        var answer = await session.Api.PostAsync($"{Path}/{Query.Segment(name)}/{act}", body, cancellationToken);
        return session.Answer(answer, queue => session.Terminal.Line(
            $"{name}: {(queue.Text("paused") == "true" ? "paused" : "runs")}, {(string.Join(", ", Limits(queue)) is { Length: > 0 } limits ? limits : "no limit")}."));
    }

    private static IEnumerable<string> Limits(JsonElement queue)
    {
        foreach (var (member, text) in new[] { ("maxConcurrent", "at most {0} at once"), ("maxRate", "at most {0}"), ("maxRatePerGroup", "at most {0} a group") })
        {
            if (queue.Text(member) is { } value)
            {
                yield return string.Format(CultureInfo.InvariantCulture, text, value);
            }
        }

        if (queue.Text("fair") == "true")
        {
            yield return "groups take turns";
        }
    }

    private static JsonObject RateBody(Session session) =>
        new() { ["rate"] = session.Get(Rate) is var rate && rate == "none" ? null : JsonValue.Create(rate), ["perGroup"] = session.Get(PerGroup) };

    private static bool IsOn(string given) => given switch
    {
        "on" => true,
        "off" => false,
        _ => throw new CliException(Exit.BadInput, $"on|off ({given}) must be on or off."),
    };

    private static JsonObject? ReasonOf(Session session) => session.Get(Reason) is { } reason ? new JsonObject { ["reason"] = reason } : null;

    private static JsonValue? Limit(string given) => given switch
    {
        "none" => null,
        _ when int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => JsonValue.Create(count),
        _ => throw new CliException(Exit.BadInput, $"count ({given}) must be a whole number above 0, or none; to stop a queue, pause it."),
    };
}
