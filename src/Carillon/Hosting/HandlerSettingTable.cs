using Carillon.Language;
using Microsoft.Extensions.Configuration;

namespace Carillon.Hosting;

/// <summary>What the configuration says of handlers by name: <c>Carillon:Handlers:http:MaxConcurrent</c>.</summary>
internal static class HandlerSettingTable
{
    public const string Section = nameof(CarillonOptions.Handlers);

    /// <summary>Reads all that stands below the section. In the order of their paths, as other settings, so that of two spellings the same one holds each time.</summary>
    public static void Apply(IConfigurationSection section, CarillonOptions options, List<string> faults)
    {
        if (section.Value is { Length: > 0 })
        {
            faults.Add(Unread(section.Path, section));
        }

        foreach (var (path, value) in section.AsEnumerable(makePathsRelative: true).Where(entry => entry.Value is not null).OrderBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase))
        {
            // A handler's name may hold colons itself.
            var end = path.LastIndexOf(':');
            if (end > 0 && Of(path[..end]).FirstOrDefault(setting => setting.Is(path[(end + 1)..])) is { } setting)
            {
                SettingTable.ApplyValue(setting, $"{section.Path}:{path}", value, options, faults);
            }
            else
            {
                faults.Add(Unread($"{section.Path}:{path}", section));
            }
        }
    }

    /// <summary>Settings for names that none of these handlers has.</summary>
    public static IEnumerable<string> Strangers(CarillonOptions options, IReadOnlyCollection<string> handlers)
    {
        foreach (var name in options.Handlers.Keys.Except(handlers, StringComparer.OrdinalIgnoreCase))
        {
            var meant = Spelling.Nearest(name, handlers) is { } nearest ? $"did you mean '{nearest}'?"
                : handlers.Count == 0 ? "it has none." : $"it has {string.Join(", ", handlers.Order(StringComparer.Ordinal))}.";
            var sources = options.Sources.Where(source => source.Key.StartsWith($"{Section}:{name}:", StringComparison.OrdinalIgnoreCase)).Select(source => source.Value).ToList();
            var told = sources.Count > 0 ? $" The configuration sets it by {string.Join(" and ", sources)}." : "";
            yield return $"{Section}:{name} is set, but no handler of this host has that name; {meant}{told}";
        }
    }

    private static IEnumerable<SettingTable.Setting> Of(string handler) =>
    [
        SettingTable.Count(nameof(HandlerSettings.MaxConcurrent), null, (options, value) => Change(options, handler, settings => settings with { MaxConcurrent = value })) with { Prefix = $"{Section}:{handler}:" },
        SettingTable.Span(nameof(HandlerSettings.KeepFinished), (options, value) => Change(options, handler, settings => settings with { KeepFinished = value })) with { Prefix = $"{Section}:{handler}:" },
    ];

    private static void Change(CarillonOptions options, string handler, Func<HandlerSettings, HandlerSettings> change) =>
        options.Handlers[handler] = change(options.Handlers.TryGetValue(handler, out var settings) ? settings : new HandlerSettings());

    private static string Unread(string path, IConfigurationSection section) =>
        $"{path} is not a setting of a handler; known are: {string.Join(", ", Of("NAME").Select(known => $"{section.Path}:NAME:{known.Name}"))}.";
}
