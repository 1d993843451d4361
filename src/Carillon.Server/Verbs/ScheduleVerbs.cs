using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon schedule …</c></summary>
internal static class ScheduleVerbs
{
    internal const string Path = "api/v1/schedules";
    private static readonly Argument<string> Name = new("name") { Description = "The schedule's name" };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Why; shown to everyone who asks", HelpName = "TEXT" };
    private static readonly Option<int?> Count = new("--count") { Description = "So many instants [5]", HelpName = "N" };
    private static readonly Option<int?> Limit = new("--limit") { Description = "At most so many, up to 200 [50]", HelpName = "N" };
    private static readonly Option<string?> Cursor = new("--cursor") { Description = "Go on where the page before ended", HelpName = "CURSOR" };

    public static Verb Make() => new Verb("schedule", "Look at schedules, add, pause, trigger or remove them").With(
        new Verb("list", "Schedules by name, with their next instants", "carillon schedule list").With(Limit, Cursor).Does(ListAsync),
        new Verb("show", "One schedule", "carillon schedule show heartbeat").With(Name).Does(Named(ShowAsync)),
        ScheduleAdd.Make(),
        new Verb("remove", "Remove a schedule; its jobs stay. One that a file owns stays removed until `apply --force`", "carillon schedule remove nightly").With(Name).Does(Named(RemoveAsync)),
        new Verb("pause", "Make no job until it is resumed", "carillon schedule pause nightly --reason 'stocktaking'").With(Name, Reason)
            .Does(Named((session, cancellationToken) => ActAsync(session, "pause", session.Get(Reason) is { } reason ? new JsonObject { ["reason"] = reason } : null, cancellationToken))),
        new Verb("resume", "Fire again from the next instant on", "carillon schedule resume nightly").With(Name)
            .Does(Named((session, cancellationToken) => ActAsync(session, "resume", null, cancellationToken))),
        new Verb("trigger", "Make a job now; the schedule's own instants stay", "carillon schedule trigger nightly").With(Name).Does(Named(TriggerAsync)),
        ScheduleBackfill.Make(Name, Named),
        new Verb("next", "The next instants, in its zone", "carillon schedule next nightly --count 3").With(Name, Count).Does(Named(NextAsync)));

    internal static void Print(Terminal terminal, JsonElement schedule)
    {
        foreach (var (title, member) in new[]
        {
            ("Schedule", "name"), ("Description", "description"), ("Cron", "cron"), ("Every", "every"), ("At", "at"), ("Text", "text"), ("Dialect", "dialect"),
            ("Zone", "zone"), ("Calendar", "calendar"), ("Business day", "businessDay"), ("Gap", "gap"), ("Repeat", "repeat"), ("Handler", "handler"), ("Args", "args"), ("Mode", "mode"), ("Enabled", "enabled"), ("Paused by", "pausedBy"), ("Reason", "pauseReason"), ("Owner", "owner"),
            ("Queue", "queue"), ("Priority", "priority"), ("Group", "group"), ("Misfire", "misfire"), ("Overlap", "overlap"), ("Jitter", "jitter"), ("Retry", "retry"), ("Timeout", "timeout"),
            ("Output", "output"), ("Max count", "maxCount"), ("Fired", "firedCount"),
        })
        {
            terminal.Field(title, schedule.Text(member));
        }

        terminal.Field("Last", schedule.Instant("lastAt"));
        terminal.Field("Next", schedule.Instant("nextAt"));
        foreach (var warning in schedule.Items("warnings"))
        {
            terminal.Note($"Warning: {warning.GetString()}");
        }
    }

    private static Func<Session, CancellationToken, Task<int>> Named(Func<Session, CancellationToken, Task<int>> act) => NearestName.Or(Path, "schedule list", Name, act);

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(Query.Of(Path, ("limit", session.Get(Limit)), ("cursor", session.Get(Cursor))), cancellationToken);
        return session.Answer(answer, page => PrintList(session, page));
    }

    private static void PrintList(Session session, JsonElement page)
    {
        var table = new Table("NAME", "WHEN", "ZONE", "HANDLER", "STATE", "NEXT", "LAST", "OWNER");
        foreach (var schedule in page.Items("items"))
        {
            table.Add(schedule.Text("name"), When(schedule), schedule.Text("zone"), schedule.Text("handler"), State(schedule),
                State(schedule) == "paused" ? "-" : schedule.Instant("nextAt"), schedule.Instant("lastAt"), schedule.Text("owner"));
        }

        table.Write(session.Terminal, "There are no schedules.");
        if (page.Text("next") is { } next)
        {
            session.Terminal.Note($"There are more: --cursor {next}");
        }
    }

    private static async Task<int> ShowAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(PathOf(session), cancellationToken);
        return session.Answer(answer, schedule => Print(session.Terminal, schedule));
    }

    private static async Task<int> RemoveAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.DeleteAsync(PathOf(session), cancellationToken);
        return session.Answer(answer, _ => session.Terminal.Line($"{session.Get(Name)}: removed."));
    }

    private static async Task<int> ActAsync(Session session, string act, JsonNode? body, CancellationToken cancellationToken)
    {
        var answer = await session.Api.PostAsync($"{PathOf(session)}/{act}", body, cancellationToken);
        return session.Answer(answer, schedule => session.Terminal.Line(
            act == "resume" && schedule.Instant("nextAt") is { } next ? $"{session.Get(Name)}: {act}d; next at {next}." : $"{session.Get(Name)}: {act}d."));
    }

    private static async Task<int> TriggerAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.PostAsync($"{PathOf(session)}/trigger", null, cancellationToken);
        return session.Answer(answer, job => session.Terminal.Line(JobText.Line(job, job.Text("job") ?? "")));
    }

    private static async Task<int> NextAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(Query.Of($"{PathOf(session)}/next", ("count", session.Get(Count))), cancellationToken);
        return session.Answer(answer, page =>
        {
            foreach (var instant in page.Items("items"))
            {
                session.Terminal.Line(instant.ValueKind == JsonValueKind.String ? instant.GetString()! : instant.Text("local") ?? instant.Text("at") ?? instant.GetRawText());
            }
        });
    }

    private static string PathOf(Session session) => $"{Path}/{Query.Segment(session.Get(Name))}";

    private static string? When(JsonElement schedule) =>
        schedule.Text("cron") ?? (schedule.Text("every") is { } every ? $"every {every}" : schedule.Text("at") ?? schedule.Text("text"));

    private static string? State(JsonElement schedule) =>
        schedule.Text("mode") ?? (schedule.Text("enabled") == "false" ? "paused" : "live");
}
