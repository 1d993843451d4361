using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary>A job as people read it.</summary>
internal static class JobText
{
    public static string Line(JsonElement job, string id)
    {
        var about = JobVerbs.About(job) is { } text ? $": {text}" : "";
        return $"{job.Text("id") ?? id}  {job.Text("handler")}  {job.Text("state")}{about}";
    }

    public static void Print(Terminal terminal, JsonElement job)
    {
        foreach (var (title, member) in new[]
        {
            ("Job", "id"), ("Handler", "handler"), ("Args", "args"), ("State", "state"), ("Reason", "reason"), ("Waiting for", "waitingFor"), ("Progress", "progress"),
            ("Result", "result"), ("Error", "error"), ("Schedule", "schedule"), ("Queue", "queue"), ("Priority", "priority"), ("Group", "group"), ("Attempt", "attempt"),
            ("Nodes lost", "ownerLosses"), ("Node", "node"), ("Tags", "tags"),
        })
        {
            terminal.Field(title, job.Text(member) is "0" or "[]" ? null : job.Text(member));
        }

        foreach (var (title, member) in new[] { ("Scheduled at", "scheduledAt"), ("Run at", "runAt"), ("Created", "createdAt"), ("Started", "startedAt"), ("Finished", "finishedAt") })
        {
            terminal.Field(title, job.Instant(member));
        }
    }

    public static void PrintJournal(Terminal terminal, JsonElement journal)
    {
        var table = new Table("AT", "WHAT", "WHO", "PARTICULARS");
        var entries = journal.Items("items").Where(entry => entry.Text("kind") != "log").ToList();
        foreach (var entry in entries)
        {
            table.Add(entry.Instant("at"), entry.Text("kind"), entry.Text("who"), entry.Text("data"));
        }

        if (entries.Count > 0)
        {
            terminal.Line();
            table.Write(terminal, "");
        }
    }

    public static void PrintLog(Terminal terminal, JsonElement log)
    {
        foreach (var line in log.Items("items"))
        {
            terminal.Line(line.ValueKind == JsonValueKind.String ? line.GetString()! : $"{line.Instant("at")}  {line.Text("level")}  {line.Text("message") ?? line.Text("text") ?? line.GetRawText()}");
        }
    }
}
