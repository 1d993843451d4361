using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Hosting;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.Server.Configuration;

/// <summary>The section <c>settings:</c>: names of the section <c>Carillon</c>, in either spelling, each read on trial so that faults show with their line.</summary>
internal static class SettingsSection
{
    public static IReadOnlyDictionary<string, string> Read(JsonNode? node, Action<string, Fault> refuse)
    {
        Dictionary<string, string> settings = new(StringComparer.OrdinalIgnoreCase);
        if (node is not null and not JsonObject)
        {
            refuse("settings", new Fault("settings", null, "must be a mapping: names with values"));
        }

        foreach (var (name, value) in node as JsonObject ?? [])
        {
            Read(name, value, settings, refuse);
        }

        return settings;
    }

    private static void Read(string name, JsonNode? value, Dictionary<string, string> settings, Action<string, Fault> refuse)
    {
        var path = $"settings.{name}";
        if (SettingTable.All.FirstOrDefault(known => known.Is(name)) is not { } setting)
        {
            var nearest = Spelling.Nearest(name, SettingTable.All.Select(known => known.Name));
            refuse(path, new Fault(path, null, $"is no setting{(nearest is null ? $"; known are {string.Join(", ", SettingTable.All.Select(known => known.Name))}" : $"; did you mean '{nearest}'?")}"));
        }
        else if (TextOf(value) is not { } text || !setting.Set(new CarillonOptions(), text))
        {
            refuse(path, new Fault(path, value?.ToJsonString(), $"must be {setting.Expected}{setting.Hint(TextOf(value) ?? "")}"));
        }
        else if (!settings.TryAdd(setting.Name, text))
        {
            refuse(path, new Fault(path, text, "is given twice, in two spellings; keep one of them"));
        }
    }

    private static string? TextOf(JsonNode? value) => value switch
    {
        null => null,
        JsonArray list when list.All(item => item?.GetValueKind() == JsonValueKind.String) => string.Join(',', list.Select(item => item!.GetValue<string>())),
        JsonValue scalar => scalar.GetValueKind() switch
        {
            JsonValueKind.String => scalar.GetValue<string>(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => scalar.ToJsonString(),
        },
        _ => null,
    };
}
