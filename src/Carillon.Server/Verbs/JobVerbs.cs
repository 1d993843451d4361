using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon job …</c></summary>
internal static class JobVerbs
{
    internal const string Path = "api/v1/jobs";
    private static readonly Argument<string> Id = new("id") { Description = "The job's id" };
    private static readonly Argument<string[]> Ids = new("id") { Description = "Ids of jobs", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> State = new("--state") { Description = "pending, running, waiting, succeeded, dead or cancelled", HelpName = "STATE" };
    private static readonly Option<string?> Queue = new("--queue") { Description = "Of this queue", HelpName = "NAME" };
    private static readonly Option<string?> Group = new("--group") { Description = "Of this group, in whichever queue", HelpName = "NAME" };
    private static readonly Option<string?> Handler = new("--handler") { Description = "Of this handler", HelpName = "NAME" };
    private static readonly Option<string?> Schedule = new("--schedule") { Description = "Made by this schedule", HelpName = "NAME" };
    private static readonly Option<string?> From = new("--from") { Description = "Made at or after this instant", HelpName = "INSTANT" };
    private static readonly Option<string?> To = new("--to") { Description = "Made before this instant", HelpName = "INSTANT" };
    private static readonly Option<int?> Limit = new("--limit") { Description = "At most so many, up to 200 [50]", HelpName = "N" };
    private static readonly Option<string?> Cursor = new("--cursor") { Description = "Go on where the page before ended", HelpName = "CURSOR" };
    private static readonly Option<bool> Log = new("--log") { Description = "Also the log lines of its attempts" };

    public static Verb Make() => new Verb("job", "Enqueue jobs, look at them, cancel or retry them").With(
        JobEnqueue.Make(),
        new Verb("list", "Jobs, newest first", "carillon job list --state dead", "carillon job list --schedule heartbeat --limit 5")
            .With(State, Queue, Group, Handler, Schedule, From, To, Limit, Cursor).Does(ListAsync),
        new Verb("show", "One job with the attempts that failed", "carillon job show 01981c2e-7c9b-7d3e-8a54-2f6f6b1d9c10 --log").With(Id, Log).Does(ShowAsync),
        new Verb("cancel", "Cancel waiting jobs, ask running ones to stop", "carillon job cancel 01981c2e-7c9b-7d3e-8a54-2f6f6b1d9c10").With(Ids)
            .Does((session, cancellationToken) => ActAsync(session, "cancel", cancellationToken)),
        new Verb("retry", "Run dead or cancelled jobs again, with all their attempts", "carillon job retry 01981c2e-7c9b-7d3e-8a54-2f6f6b1d9c10").With(Ids)
            .Does((session, cancellationToken) => ActAsync(session, "retry", cancellationToken)),
        JobWatch.Make());

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(
            Query.Of(Path, ("state", session.Get(State)), ("queue", session.Get(Queue)), ("group", session.Get(Group)), ("handler", session.Get(Handler)), ("schedule", session.Get(Schedule)),
                ("from", session.Get(From)), ("to", session.Get(To)), ("limit", session.Get(Limit)), ("cursor", session.Get(Cursor))),
            cancellationToken);
        return session.Answer(answer, page => PrintList(session, page));
    }

    private static void PrintList(Session session, JsonElement page)
    {
        var table = new Table("ID", "STATE", "HANDLER", "SCHEDULE", "QUEUE", "RUN AT", "ATTEMPT", "ABOUT");
        foreach (var job in page.Items("items"))
        {
            table.Add(job.Text("id"), job.Text("state"), job.Text("handler"), job.Text("schedule"), job.Text("queue"), job.Instant("runAt"), job.Text("attempt"), About(job));
        }

        table.Write(session.Terminal, "No job matches.");
        if (page.Text("next") is { } next)
        {
            session.Terminal.Note($"There are more: --cursor {next}");
        }
    }

    private static async Task<int> ShowAsync(Session session, CancellationToken cancellationToken)
    {
        var path = $"{Path}/{Query.Segment(session.Get(Id))}";
        var job = await session.Api.GetAsync(path, cancellationToken);
        var journal = await session.Api.GetAsync($"{path}/journal", cancellationToken);
        var log = session.Get(Log) ? await session.Api.GetAsync($"{path}/log", cancellationToken) : default;
        if (session.IsJson)
        {
            var whole = new JsonObject { ["job"] = Node(job), ["journal"] = Node(journal) };
            whole["log"] = session.Get(Log) ? Node(log) : null;
            session.Terminal.Json(JsonSerializer.SerializeToElement(whole, CliJson.Default.JsonObject));
            return Exit.Ok;
        }

        JobText.Print(session.Terminal, job);
        JobText.PrintJournal(session.Terminal, journal);
        JobText.PrintLog(session.Terminal, log);
        return Exit.Ok;
    }

    private static async Task<int> ActAsync(Session session, string act, CancellationToken cancellationToken)
    {
        var answers = new JsonArray();
        foreach (var id in session.Get(Ids))
        {
            var job = await session.Api.PostAsync($"{Path}/{Query.Segment(id)}/{act}", null, cancellationToken);
            answers.Add(Node(job));
            if (!session.IsJson)
            {
                session.Terminal.Line(JobText.Line(job, id));
            }
        }

        return session.IsJson ? session.Answer(JsonSerializer.SerializeToElement(answers, CliJson.Default.JsonArray), _ => { }) : Exit.Ok;
    }

    internal static string? About(JsonElement job) => job.Text("error") ?? job.Text("waitingFor") ?? job.Text("reason");

    private static JsonNode? Node(JsonElement element) => element.ValueKind == JsonValueKind.Undefined ? null : JsonNode.Parse(element.GetRawText());
}
