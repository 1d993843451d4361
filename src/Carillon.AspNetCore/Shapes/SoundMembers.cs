using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.AspNetCore.Json;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>A schedule's body without the members that have faults: what is left can be checked further.</summary>
internal static class SoundMembers
{
    private static readonly string[] Times = ["cron", "every", "at", "text"];
    private static readonly string[] Needed = [.. Times, "name", "handler"];

    /// <summary>The body, or what is sound of it; null where that cannot be told.</summary>
    public static JsonElement? Of(JsonElement body, string path, IReadOnlyList<Fault> faults)
    {
        if (faults.Count == 0) return body;
        if (body.ValueKind != JsonValueKind.Object) return null;
        var sound = JsonObject.Create(body)!;
        foreach (var name in sound.Select(member => member.Key).Where(name => faults.Any(fault => IsAt(fault.Field, $"{path}.{name}"))).ToList())
        {
            sound.Remove(name);
            StandIn(sound, name);
        }

        var rest = JsonElement.Parse(sound.ToJsonString());
        List<Fault> again = [];
        StrictShape.Check(rest, ApiJson.Wire.ScheduleBody, path, again);
        return again.Count == 0 ? rest : null;
    }

    // What is unreadable, or written with a slip of the pen, is not missing as well.
    private static void StandIn(JsonObject sound, string name)
    {
        if (Spelling.Nearest(name, Needed) is not { } meant) return;
        if (!Times.Contains(meant))
        {
            sound[meant] ??= "?";
        }
        else if (!Times.Any(sound.ContainsKey))
        {
            sound["every"] = "1h";
        }
    }

    private static bool IsAt(string field, string place) => field.StartsWith(place, StringComparison.Ordinal) && (field.Length == place.Length || field[place.Length] is '.' or '[');
}
