using System.CommandLine;
using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon explain …</c>: why did it (not) run.</summary>
internal static class ExplainVerbs
{
    private static readonly Argument<string> Id = new("id") { Description = "The job's id" };
    private static readonly Argument<string> Name = new("name") { Description = "The schedule's name" };

    public static Verb Make() => new Verb("explain", "Why did it run, or not? The first line is the answer, the facts follow").With(
        new Verb("job", "What happened to a job, and what it waits for", "carillon explain job 01981c2e-7c9b-7d3e-8a54-2f6f6b1d9c10").With(Id)
            .Does((session, cancellationToken) => RunAsync(session, "jobs", session.Get(Id), cancellationToken)),
        new Verb("schedule", "When a schedule fires, and which instants were skipped and why", "carillon explain schedule heartbeat").With(Name)
            .Does((session, cancellationToken) => RunAsync(session, "schedules", session.Get(Name), cancellationToken)));

    private static async Task<int> RunAsync(Session session, string noun, string id, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync($"api/v1/explain/{noun}/{Query.Segment(id)}", cancellationToken);
        return session.Answer(answer, explanation => Print(session.Terminal, explanation));
    }

    private static void Print(Terminal terminal, JsonElement explanation)
    {
        // The first fact is the answer.
        terminal.Line(explanation.Text("answer") ?? "");
        foreach (var fact in explanation.Items("facts").Skip(1))
        {
            terminal.Line($"  {fact.Instant("at") ?? "",-20}  {fact.Text("text")}");
        }
    }
}
