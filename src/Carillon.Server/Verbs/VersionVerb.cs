using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon version</c></summary>
internal static class VersionVerb
{
    public static string Version { get; } =
        typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static Verb Make() => new Verb("version", "The version of this program", "carillon version --json").Does((session, _) =>
    {
        var answer = new JsonObject { ["version"] = Version, ["runtime"] = RuntimeInformation.FrameworkDescription, ["system"] = RuntimeInformation.RuntimeIdentifier };
        return Task.FromResult(session.Answer(
            JsonSerializer.SerializeToElement(answer, CliJson.Default.JsonObject),
            _ => session.Terminal.Line($"carillon {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})")));
    });
}
