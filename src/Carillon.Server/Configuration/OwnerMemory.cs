using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Jobs;
using Carillon.Server.Cli;

namespace Carillon.Server.Configuration;

/// <summary>What a file applied the last time; kept in the store under the file's owner name.</summary>
/// <param name="Schedules">Marks by name; one that is missing in the store now was deleted by hand.</param>
/// <param name="Queues">Limits by queue.</param>
/// <param name="Calendars">Marks by name.</param>
internal sealed record OwnerMemory(IReadOnlyDictionary<string, string> Schedules, IReadOnlyDictionary<string, QueueLimits> Queues, IReadOnlyDictionary<string, string> Calendars)
{
    public static OwnerMemory None { get; } = new(new Dictionary<string, string>(), new Dictionary<string, QueueLimits>(), new Dictionary<string, string>());

    public static OwnerMemory Parse(string? body)
    {
        using var document = JsonDocument.Parse(body ?? "{}");
        return new OwnerMemory(
            Members(document.RootElement, "schedules").ToDictionary(member => member.Name, member => member.Value.GetString() ?? "", StringComparer.Ordinal),
            Members(document.RootElement, "queues").ToDictionary(
                member => member.Name, member => QueueLimitsJson.Read(JsonNode.Parse(member.Value.GetRawText()), "", []), StringComparer.Ordinal),
            Members(document.RootElement, "calendars").ToDictionary(member => member.Name, member => member.Value.GetString() ?? "", StringComparer.Ordinal));
    }

    public string ToJson()
    {
        var (schedules, queues) = (new JsonObject(), new JsonObject());
        foreach (var (name, mark) in Schedules.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            schedules[name] = mark;
        }

        foreach (var (name, limit) in Queues.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            queues[name] = QueueLimitsJson.Write(limit);
        }

        var calendars = new JsonObject(Calendars.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
        return new JsonObject { ["schedules"] = schedules, ["queues"] = queues, ["calendars"] = calendars }.ToJsonString();
    }

    private static IEnumerable<JsonProperty> Members(JsonElement root, string name) => root.Member(name) is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject() : [];
}
