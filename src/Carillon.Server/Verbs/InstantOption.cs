using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary>Instants on the command line: ISO 8601 with an offset, as the API takes them.</summary>
internal static class InstantOption
{
    public static DateTimeOffset? Parse(string option, string? given) => given switch
    {
        null => null,
        _ when Carillon.AspNetCore.Json.Instants.TryParse(given, out var instant) => instant,
        _ => throw new CliException(Exit.BadInput, $"{option} ({given}) {Carillon.AspNetCore.Json.Instants.Expected}."),
    };
}
