using System.Text.Json.Nodes;
using Carillon.Language;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary>A calendar in a file: its JSON, or an iCalendar file as it is.</summary>
internal static class CalendarText
{
    /// <summary>The calendar of a file; null where none is given. Other calendars that it names are known to a server only, and refused here.</summary>
    public static Calendar? Read(string? path)
    {
        if (path is null) return null;
        return Calendar.TryParse(ToJson(GivenJson.ReadText("--calendar", $"@{path}")), null, out var calendar, out var error) ? calendar : throw new CliException(Exit.BadInput, $"--calendar {path}: {error}");
    }

    /// <summary>The JSON of what a file holds.</summary>
    public static string ToJson(string text) =>
        text.TrimStart().StartsWith("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase) ? new JsonObject { ["ical"] = text }.ToJsonString() : text;
}
