using System.CommandLine;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon job enqueue</c></summary>
internal static class JobEnqueue
{
    private static readonly Argument<string> Handler = new("handler") { Description = "Name of the handler; GET /api/v1/handlers lists them" };
    private static readonly Option<string?> Args = new("--args") { Description = "The arguments: JSON, @FILE, or - for the standard input", HelpName = "JSON" };
    private static readonly Option<string?> Queue = new("--queue") { Description = "The queue it waits in", HelpName = "NAME" };
    private static readonly Option<int?> Priority = new("--priority") { Description = "-100 to 100, higher first", HelpName = "N" };
    private static readonly Option<string?> RunAt = new("--run-at") { Description = "Not before this instant: 2030-01-31T09:00:00+01:00", HelpName = "INSTANT" };
    private static readonly Option<string?> Delay = new("--delay") { Description = "Not before this long from now: 30s, 1h30m", HelpName = "DURATION" };
    private static readonly Option<string?> Unique = new("--unique") { Description = "Only one live job has this key (the member `key` of the API)", HelpName = "KEY" };
    private static readonly Option<string?> OnConflict = new("--on-conflict") { Description = "When the key is taken: keep or replace", HelpName = "WHAT" };
    private static readonly Option<string?> ConcurrencyKey = new("--concurrency-key") { Description = "One job of this key runs at a time", HelpName = "KEY" };
    private static readonly Option<string?> Group = new("--group") { Description = "Whose it is in its queue: counts for rates per group, takes turns in fair queues", HelpName = "NAME" };
    private static readonly Option<string?> Timeout = new("--timeout") { Description = "The longest an attempt may take", HelpName = "DURATION" };
    private static readonly Option<int?> Attempts = new("--attempts") { Description = "Attempts in all; 1 for no retry", HelpName = "N" };
    private static readonly Option<string?> ExpiresAt = new("--expires-at") { Description = "Cancelled if it has not begun by then", HelpName = "INSTANT" };
    private static readonly Option<string[]> After = new("--after") { Description = "Run after this job succeeded; may be given again", HelpName = "ID" };
    private static readonly Option<string[]> Tag = new("--tag") { Description = "A label; may be given again", HelpName = "TEXT" };
    private static readonly Option<bool> Wait = new("--wait") { Description = "Wait for its end; exit code 0 only if it succeeded" };

    public static Verb Make() => new Verb("enqueue", "Hand in a job",
            """carillon job enqueue heartbeat""",
            """carillon job enqueue exec --args '{"program":"date"}' --delay 10s --wait""")
        .With(Handler, Args, Queue, Priority, RunAt, Delay, Unique, OnConflict, ConcurrencyKey, Group, Timeout, Attempts, ExpiresAt, After, Tag, Wait)
        .Does(RunAsync);

    private static async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var (job, isNew) = await session.Api.MakeAsync(JobVerbs.Path, Body(session), cancellationToken);
        if (session.Get(Wait))
        {
            return await JobWatch.FollowAsync(session, job.Text("id")!, null, cancellationToken);
        }

        return session.Answer(job, answer => session.Terminal.Line($"{JobText.Line(answer, "")}{(isNew ? "" : " (existing: a job had the key already)")}"));
    }

    private static JsonObject Body(Session session)
    {
        var body = new JsonObject { ["handler"] = session.Get(Handler) };
        foreach (var (member, option) in new[]
        {
            ("queue", Queue), ("runAt", RunAt), ("delay", Delay), ("key", Unique), ("onConflict", OnConflict), ("concurrencyKey", ConcurrencyKey), ("group", Group),
            ("timeout", Timeout), ("expiresAt", ExpiresAt),
        })
        {
            Set(body, member, session.Get(option));
        }

        Set(body, "args", session.Get(Args) is { } given ? GivenJson.Read("--args", given) : null);
        Set(body, "priority", session.Get(Priority));
        Set(body, "retry", session.Get(Attempts) is { } attempts ? new JsonObject { ["attempts"] = attempts } : null);
        Set(body, "after", List(session.Get(After), id => new JsonObject { ["job"] = id }));
        Set(body, "tags", List(session.Get(Tag), tag => JsonValue.Create(tag)));
        return body;
    }

    private static JsonArray? List(string[]? values, Func<string, JsonNode> make) => values is { Length: > 0 } ? new JsonArray([.. values.Select(make)]) : null;

    private static void Set(JsonObject body, string member, JsonNode? value)
    {
        if (value is not null)
        {
            body[member] = value;
        }
    }
}
