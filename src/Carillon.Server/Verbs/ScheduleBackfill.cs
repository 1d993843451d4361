using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon schedule backfill</c></summary>
internal static class ScheduleBackfill
{
    private static readonly Option<string> From = new("--from") { Description = "The first instant of the range: 2030-01-31T09:00:00+01:00", HelpName = "INSTANT", Required = true };
    private static readonly Option<string> To = new("--to") { Description = "The end of the range, itself not in it; not in the future", HelpName = "INSTANT", Required = true };
    private static readonly Option<int?> Max = new("--max") { Description = "More instants than this are refused, up to 10000 [1000]", HelpName = "N" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what would be made" };
    private static readonly Option<int?> Concurrency = new("--concurrency") { Description = "So many of the jobs run at once [1: one after the other, in order]", HelpName = "N" };
    private static readonly Option<string?> Spread = new("--spread") { Description = "They become due evenly over so long a time", HelpName = "DURATION" };
    private static readonly Option<int?> Priority = new("--priority") { Description = "-100 to 100 [50 below the schedule's]", HelpName = "N" };

    public static Verb Make(Argument<string> name, Func<Func<Session, CancellationToken, Task<int>>, Func<Session, CancellationToken, Task<int>>> named) =>
        new Verb("backfill", "Make the jobs of past instants that have none; asked again it makes nothing twice",
                "carillon schedule backfill nightly --from 2026-03-01T00:00:00Z --to 2026-03-08T00:00:00Z --dry-run",
                "carillon schedule backfill nightly --from 2026-03-01T00:00:00Z --to 2026-03-08T00:00:00Z --concurrency 4 --spread 1h")
            .With(name, From, To, Max, DryRun, Concurrency, Spread, Priority).Does(named((session, cancellationToken) => RunAsync(session, session.Get(name), cancellationToken)));

    private static async Task<int> RunAsync(Session session, string name, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["from"] = session.Get(From), ["to"] = session.Get(To), ["dryRun"] = session.Get(DryRun) };
        foreach (var (member, value) in new (string, JsonNode?)[] { ("max", session.Get(Max)), ("concurrency", session.Get(Concurrency)), ("spread", session.Get(Spread)), ("priority", session.Get(Priority)) })
        {
            if (value is not null)
            {
                body[member] = value;
            }
        }

        var answer = await session.Api.PostAsync($"{ScheduleVerbs.Path}/{Query.Segment(name)}/backfill", body, cancellationToken);
        return session.Answer(answer, result => Print(session.Terminal, name, result));
    }

    private static void Print(Terminal terminal, string name, JsonElement result)
    {
        var isDryRun = result.Text("dryRun") == "true";
        var table = new Table("INSTANT", "JOB", "");
        foreach (var item in result.Items("items"))
        {
            var isNew = item.Text("isNew") == "true";
            table.Add(item.Instant("at"), item.Text("job") ?? "-", isNew ? isDryRun ? "to be made" : "made" : "there already");
        }

        table.Write(terminal, "The range has no instants.");
        terminal.Note($"{name}: {result.Text("made")} {(isDryRun ? "to be made" : "made")}, {result.Text("existing")} there already.");
    }
}
