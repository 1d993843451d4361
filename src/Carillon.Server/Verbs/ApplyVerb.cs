using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.AspNetCore.Shapes;
using Carillon.Server.Cli;
using Carillon.Server.Serving;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon apply</c></summary>
internal static class ApplyVerb
{
    private static readonly Argument<string?> FilePath = new("file") { Description = "The configuration file; without it the server reads again what it was started with", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Force = new("--force") { Description = "Also bring back what was deleted by hand, and undo what was changed by hand; pauses stay" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what would be done" };
    private static readonly Option<bool> Check = new("--check") { Description = "Only look for faults in the file; needs no server" };

    public static Verb Make() => new Verb("apply", "Bring the running schedules in line with a configuration file: add, update, and remove what the file owns and names no more",
            "carillon apply", "carillon apply team-a.yaml --dry-run", "carillon apply --force", "carillon apply carillon.yaml --check")
        .With(FilePath, Force, DryRun, Check)
        .Does(RunAsync);

    private static async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var path = session.Get(FilePath);
        if (path is not null)
        {
            Refuse(path);
        }

        if (session.Get(Check))
        {
            return Checked(session, path);
        }

        var body = new JsonObject { ["force"] = session.Get(Force), ["dryRun"] = session.Get(DryRun) };
        if (path is not null)
        {
            (body["file"], body["content"]) = (path, await File.ReadAllTextAsync(path, cancellationToken));
        }

        var answer = await session.Api.PostAsync("api/v1/apply", body, cancellationToken);
        return session.Answer(answer, report => Print(session, report));
    }

    // Here and not only in the server: the faults of a file are the same everywhere, and no server need run to hear them.
    private static void Refuse(string path)
    {
        if (!File.Exists(path))
        {
            throw new CliException(Exit.NotFound, $"{path} is not there; nothing was applied. Give the path of a configuration file, or none to have the server read its own again.");
        }

        if (new ConfigFiles([path], ScheduleBody.Read).Read(path, out var faults) is null)
        {
            throw new CliException(Exit.BadInput, $"{string.Join('\n', faults)}\n{Counted.Of(faults.Count, "fault")}; nothing was applied.");
        }
    }

    private static int Checked(Session session, string? path) => path is null
        ? throw new CliException(Exit.BadInput, "--check needs a file: carillon apply carillon.yaml --check")
        : session.Answer(JsonSerializer.SerializeToElement(new JsonObject { ["file"] = path, ["faults"] = new JsonArray() }, CliJson.Default.JsonObject), _ => session.Terminal.Line($"{path}: no faults."));

    private static void Print(Session session, JsonElement report)
    {
        var isTrial = report.Text("dryRun") == "true";
        foreach (var file in report.Items("files"))
        {
            foreach (var line in file.Items("schedules").Where(line => line.Text("act") != "keep"))
            {
                session.Terminal.Line($"  {Word(line.Text("act")),-14}{line.Text("name")}");
            }

            session.Terminal.Line($"{file.Text("summary")}{(isTrial ? " (dry run: nothing was changed)" : "")}");
            foreach (var warning in file.Items("warnings"))
            {
                session.Terminal.Note(warning.GetString() ?? "");
            }
        }
    }

    private static string? Word(string? act) => act switch
    {
        "leaveDeleted" => "stays deleted",
        "conflict" => "held by others",
        _ => act,
    };
}
