using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Checks;
using Carillon.Server.Cli;
using Carillon.Server.Serving;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon doctor</c></summary>
internal static class DoctorVerb
{
    private const string UsualConfig = "carillon.yaml";
    private static readonly Option<string[]> Config = new("--config") { Description = $"Configuration files to look at [{UsualConfig}, where there is one]", HelpName = "FILE" };

    public static Verb Make() => new Verb("doctor", "Look for trouble and explain it: files, rights, disk, clock, handlers, queues. Exit code 1 when something does not work",
            "carillon doctor", "carillon doctor --config carillon.yaml --store sqlite:./data/carillon.db --json")
        .With(Config, StoreOption.Store).Does(RunAsync);

    private static async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        List<Finding> findings = [new(Severity.Ok, "program", $"carillon {VersionVerb.Version}")];
        var (status, reached) = await ReachAsync(session, cancellationToken);
        findings.Add(reached);
        findings.AddRange(EnvironmentChecks.Look(new ConfigurationBuilder().AddEnvironmentVariables().Build()));
        findings.AddRange(FileChecks.Configuration(Files(session)));
        findings.AddRange(await StoreAsync(session, status, cancellationToken));
        if (status is { } running)
        {
            findings.AddRange(await ServerChecks.LookAsync(session.Api, running, TimeProvider.System, cancellationToken));
        }

        return Print(session, findings);
    }

    private static async Task<(JsonElement? Status, Finding Finding)> ReachAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            var status = await session.Api.GetAsync("api/v1/status", cancellationToken);
            return (status, new Finding(Severity.Ok, "server", $"{session.Server} runs {status.Text("version")} on {status.Text("store")}"));
        }
        catch (CliException error)
        {
            // Without a server the files can still be looked at; a server that was named must be there.
            var severity = error.ExitCode == Exit.NotReachable && !session.IsGiven(CommonOptions.Server) ? Severity.Warning : Severity.Trouble;
            return (null, new Finding(severity, "server", error.Message));
        }
    }

    private static async Task<IReadOnlyList<Finding>> StoreAsync(Session session, JsonElement? status, CancellationToken cancellationToken)
    {
        var isNamed = StoreOption.IsNamed(session);
        var serving = status?.Text("store");
        var choice = StoreChoice.Parse(isNamed ? session.Get(StoreOption.Store)! : serving ?? session.Get(StoreOption.Store)!, out var fault);
        return choice switch
        {
            null => [new Finding(Severity.Trouble, "store", fault!)],

            // The server's own words for it leave out user and password, so that they say nothing of how to log in.
            { Postgres: not null } when !isNamed => [new Finding(Severity.Ok, serving!, "is open in the running server; to have it reached from here too, name it: --store postgres://USER@HOST/DATABASE")],
            { Postgres: { } postgres } => [await PostgresDatabase.FindAsync(postgres, cancellationToken)],
            { Path: null } => [new Finding(Severity.Warning, "store", "is memory: everything is gone when the server ends", "carillon serve --store sqlite:PATH")],
            _ => await FileChecks.StoreAsync(choice.Path, isServing: serving == choice.ToString(), cancellationToken),
        };
    }

    private static IReadOnlyList<string> Files(Session session) =>
        session.Get(Config) is { Length: > 0 } given ? given : File.Exists(UsualConfig) ? [UsualConfig] : [];

    private static int Print(Session session, List<Finding> findings)
    {
        var answer = new JsonArray([.. findings.Select(finding => new JsonObject
        {
            ["severity"] = JsonNamingPolicy.CamelCase.ConvertName(finding.Severity.ToString()), ["subject"] = finding.Subject, ["text"] = finding.Text, ["fix"] = finding.Fix,
        })]);
        session.Answer(JsonSerializer.SerializeToElement(new JsonObject { ["findings"] = answer }, CliJson.Default.JsonObject), _ => Lines(session.Terminal, findings));
        return findings.Any(finding => finding.Severity == Severity.Trouble) ? Exit.Failed : Exit.Ok;
    }

    private static void Lines(Terminal terminal, List<Finding> findings)
    {
        foreach (var finding in findings.OrderByDescending(finding => finding.Severity))
        {
            terminal.Line($"{Mark(finding.Severity),-8} {finding.Subject}: {finding.Text}");
            if (finding.Fix is { } fix)
            {
                terminal.Line($"         → {fix}");
            }
        }

        terminal.Line($"{Counted.Of(findings.Count(finding => finding.Severity == Severity.Trouble), "trouble")}, {Counted.Of(findings.Count(finding => finding.Severity == Severity.Warning), "warning")}");
    }

    private static string Mark(Severity severity) => severity switch { Severity.Trouble => "TROUBLE", Severity.Warning => "warning", _ => "ok" };
}
