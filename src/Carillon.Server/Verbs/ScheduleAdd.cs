using System.CommandLine;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon schedule add</c></summary>
internal static class ScheduleAdd
{
    private static readonly Argument<string> Name = new("name") { Description = "Its name: any printable text of at most 200 characters" };
    private static readonly Option<string?> Handler = new("--handler") { Description = "What it runs", HelpName = "NAME" };
    private static readonly Option<string?> Cron = new("--cron") { Description = "A cron expression of 5 fields, or 6 with seconds first", HelpName = "TEXT" };
    private static readonly Option<string?> Dialect = new("--dialect") { Description = "How the cron expression is read: unix, cronos or quartz [unix]", HelpName = "NAME" };
    private static readonly Option<string?> Every = new("--every") { Description = "An interval: 30s, 1h30m", HelpName = "DURATION" };
    private static readonly Option<string?> At = new("--at") { Description = "One instant: 2030-01-31T09:00:00+01:00", HelpName = "INSTANT" };
    private static readonly Option<string?> Text = new("--text") { Description = "English: 'every weekday at 9am'", HelpName = "TEXT" };
    private static readonly Option<string?> Calendar = new("--calendar") { Description = "Does not fire outside of this calendar", HelpName = "NAME" };
    private static readonly Option<string?> BusinessDay = new("--business-day") { Description = "Where an instant on no business day goes: next, previous or nearest", HelpName = "WHERE" };
    private static readonly Option<string?> Gap = new("--gap") { Description = "A time that the clock skips: end, shift or skip", HelpName = "WHAT" };
    private static readonly Option<string?> Repeat = new("--repeat") { Description = "A time that the clock shows twice: first, last or both", HelpName = "WHAT" };
    private static readonly Option<string?> Zone = new("--zone") { Description = "IANA zone in which the cron expression is read: Europe/Berlin", HelpName = "ZONE" };
    private static readonly Option<string?> Args = new("--args") { Description = "The job's arguments: JSON, @FILE, or - for the standard input", HelpName = "JSON" };
    private static readonly Option<string?> Queue = new("--queue") { Description = "The queue of its jobs", HelpName = "NAME" };
    private static readonly Option<int?> Priority = new("--priority") { Description = "-100 to 100, higher first", HelpName = "N" };
    private static readonly Option<string?> Group = new("--group") { Description = "Whose its jobs are in their queue: counts for rates per group, takes turns in fair queues", HelpName = "NAME" };
    private static readonly Option<string?> Overlap = new("--overlap") { Description = "While the last job still runs: skip, allow, queue or cancelPrevious", HelpName = "WHAT" };
    private static readonly Option<string?> Jitter = new("--jitter") { Description = "Each job is due up to this much later, at random", HelpName = "DURATION" };
    private static readonly Option<string?> Timeout = new("--timeout") { Description = "The longest an attempt may take", HelpName = "DURATION" };
    private static readonly Option<string?> Description = new("--description") { Description = "For people", HelpName = "TEXT" };
    private static readonly Option<string?> Body = new("--body") { Description = "The whole body of POST /api/v1/schedules instead: JSON, @FILE or -; the options above win over its members", HelpName = "JSON" };

    public static Verb Make() => new Verb("add", "Add a schedule",
            "carillon schedule add nightly --cron '30 3 * * *' --zone Europe/Berlin --handler heartbeat",
            "carillon schedule add tick --every 10s --handler heartbeat",
            "carillon schedule add invoices --text 'the last business day of every month at 17:00' --calendar holidays --handler heartbeat",
            "carillon schedule add report --body @report.json")
        .With(Name, Handler, Cron, Dialect, Every, At, Text, Zone, Calendar, BusinessDay, Gap, Repeat, Args, Queue, Priority, Group, Overlap, Jitter, Timeout, Description, Body)
        .Does(RunAsync);

    private static async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.PostAsync(ScheduleVerbs.Path, BodyOf(session), cancellationToken);
        return session.Answer(answer, schedule => ScheduleVerbs.Print(session.Terminal, schedule));
    }

    private static JsonObject BodyOf(Session session)
    {
        var body = Given(session);
        body["name"] = session.Get(Name);
        foreach (var (member, option) in new[]
        {
            ("handler", Handler), ("cron", Cron), ("dialect", Dialect), ("every", Every), ("at", At), ("text", Text), ("zone", Zone), ("calendar", Calendar), ("businessDay", BusinessDay), ("gap", Gap), ("repeat", Repeat), ("queue", Queue), ("group", Group), ("overlap", Overlap),
            ("jitter", Jitter), ("timeout", Timeout), ("description", Description),
        })
        {
            if (session.Get(option) is { } value)
            {
                body[member] = value;
            }
        }

        if (session.Get(Args) is { } args)
        {
            body["args"] = GivenJson.Read("--args", args);
        }

        if (session.Get(Priority) is { } priority)
        {
            body["priority"] = priority;
        }

        return body;
    }

    private static JsonObject Given(Session session) => session.Get(Body) is not { } given
        ? []
        : GivenJson.Read("--body", given) as JsonObject ?? throw new CliException(Exit.BadInput, "--body must be a JSON object, the body of POST /api/v1/schedules.");
}
