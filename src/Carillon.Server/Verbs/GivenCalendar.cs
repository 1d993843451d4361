using System.Text.Json.Nodes;
using Carillon.Language;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary>A calendar that a user hands over: its JSON in place, or a file of JSON or iCalendar.</summary>
internal static class GivenCalendar
{
    public static Calendar? Read(string? given)
    {
        if (given is null) return null;
        var text = given.TrimStart().StartsWith('{') ? given : GivenJson.ReadFile("--calendar", given.TrimStart('@'));
        var json = text.TrimStart('\uFEFF', ' ', '\r', '\n', '\t').StartsWith("BEGIN:", StringComparison.OrdinalIgnoreCase) ? new JsonObject { ["ical"] = text }.ToJsonString() : text;
        return Calendar.TryParse(json, null, out var calendar, out var error) ? calendar : throw new CliException(Exit.BadInput, $"--calendar: {error}");
    }
}
