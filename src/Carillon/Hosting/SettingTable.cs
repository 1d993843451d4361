using System.Globalization;
using Carillon.Cluster;
using Carillon.Language;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Carillon.Hosting;

/// <summary>
/// The names under which settings are read: the section <c>Carillon</c> (or <c>Carillon:NAME</c> for a named instance), in Pascal or
/// snake case, and for the first instance the environment names that older deployments set. Faults are listed all at once.
/// </summary>
internal static class SettingTable
{
    /// <summary>A setting: its name, what else it is called at the top level, and how it is read. <c>Set</c> answers with the fault, or null.</summary>
    internal sealed record Setting(string Name, string? Environment, string Expected, Func<CarillonOptions, string, bool> Set)
    {
        /// <summary>As the older configuration writes it: <c>max_concurrent_jobs</c>.</summary>
        public string SnakeName { get; } = string.Concat(Name.Select((letter, i) => char.IsUpper(letter) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

        /// <summary>What stands before its name where there are many of it; nothing for most.</summary>
        public string Prefix { get; init; } = "";

        /// <summary>What is wrong with the text in particular, behind what was expected; nothing for most.</summary>
        public Func<string, string> Hint { get; init; } = static _ => "";

        /// <summary>True for its name in either spelling.</summary>
        public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase) || SnakeName.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    public static IReadOnlyList<Setting> All { get; } =
    [
        Bool("Enabled", null, (options, value) => options.Enabled = value),
        Text("NodeName", null, (options, value) => options.NodeName = value),
        Count("MaxConcurrentJobs", "SCHEDULER_CONCURRENCY", (options, value) => options.MaxConcurrentJobs = value),
        Count("ClaimBatch", "SCHEDULER_BATCH_SIZE", (options, value) => options.ClaimBatch = value),
        new("JobTimeoutSeconds", null, "whole seconds, such as 3600", (options, text) => TryReadSeconds(text, out var value) && Do(() => options.JobTimeout = value)),
        Span("JobTimeout", (options, value) => options.JobTimeout = value),
        Text("Zone", null, (options, value) => options.Zone = value),
        Span("LeaseDuration", (options, value) => options.LeaseDuration = value),
        Span("HeartbeatInterval", (options, value) => options.HeartbeatInterval = value),
        Span("DrainTimeout", (options, value) => options.DrainTimeout = value),
        Span("KeepFinished", (options, value) => options.KeepFinished = value),
        Span("KeepDead", (options, value) => options.KeepDead = value),
        Span("KeepJournal", (options, value) => options.KeepJournal = value),
        Text("OutputDirectory", null, (options, value) => options.OutputDirectory = value),
        Count("MaxConnections", "DATABASE_MAX_CONNECTIONS", (options, value) => options.MaxConnections = value),
        Bool("SqlViews", null, (options, value) => options.SqlViews = value),
        Bool("EnablePerformanceMonitoring", "ENABLE_PERFORMANCE_MONITORING", (options, value) => options.EnablePerformanceMonitoring = value),
        new("CacheDuration", "SCHEDULER_CACHE_TTL", "whole seconds, such as 300, or a duration such as 5m", (options, text) =>
            (TryReadSeconds(text, out var value) || Durations.TryParse(text, out value, out _)) && Do(() => options.CacheDuration = value)),
        Bool("EnableNotifications", null, (options, value) => options.EnableNotifications = value),
        new("Queues", null, "names separated by commas", (options, text) => Do(() => AddQueues(options, text))),
        new("Roles", null, $"one or more of {string.Join(", ", RoleNames.All)}, separated by commas", (options, text) => RoleText.Read(text, out _) is { } roles && Do(() => options.Roles = roles))
        {
            Hint = text => RoleText.Read(text, out var fault) is null ? $": {fault}" : "",
        },
    ];

    public static void Apply(IConfiguration configuration, string name, CarillonOptions options)
    {
        List<string> faults = [];
        var section = configuration.GetSection(name.Length == 0 ? "Carillon" : $"Carillon:{name}");
        foreach (var entry in section.GetChildren())
        {
            ApplyEntry(entry, options, faults);
        }

        foreach (var setting in name.Length == 0 ? All.Where(setting => setting.Environment is not null) : [])
        {
            ApplyValue(setting, setting.Environment!, configuration[setting.Environment!], options, faults);
        }

        if (faults.Count > 0)
        {
            // What was read may have faults of its own: told now, not at the next try.
            faults.AddRange(new CarillonOptionsRules().Validate(name, options).Failures ?? []);
            throw new OptionsValidationException(name, typeof(CarillonOptions), faults);
        }
    }

    private static void ApplyEntry(IConfigurationSection entry, CarillonOptions options, List<string> faults)
    {
        if (entry.Key.Equals(HandlerSettingTable.Section, StringComparison.OrdinalIgnoreCase))
        {
            HandlerSettingTable.Apply(entry, options, faults);
        }
        else if (All.FirstOrDefault(setting => setting.Is(entry.Key)) is { } setting)
        {
            ApplyValue(setting, entry.Path, entry.Value ?? string.Join(',', entry.GetChildren().Select(child => child.Value)), options, faults);
        }
        else if (entry.Value is not null)
        {
            faults.Add($"{entry.Path} is not a setting; known are: {string.Join(", ", All.Select(known => known.Name).Append(HandlerSettingTable.Section))}.");
        }
    }

    internal static void ApplyValue(Setting setting, string path, string? value, CarillonOptions options, List<string> faults)
    {
        if (value is not { Length: > 0 })
        {
            return;
        }

        if (setting.Set(options, value.Trim()))
        {
            options.Sources[$"{setting.Prefix}{setting.Name}"] = path;
        }
        else
        {
            faults.Add($"{path} ({value}) cannot be read; expected {setting.Expected}{setting.Hint(value)}.");
        }
    }

    private static Setting Bool(string name, string? environment, Action<CarillonOptions, bool> set) =>
        new(name, environment, "true or false", (options, text) => bool.TryParse(text, out var value) && Do(() => set(options, value)));

    internal static Setting Count(string name, string? environment, Action<CarillonOptions, int> set) =>
        new(name, environment, "a whole number", (options, text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && Do(() => set(options, value)));

    private static Setting Text(string name, string? environment, Action<CarillonOptions, string> set) =>
        new(name, environment, "text", (options, text) => Do(() => set(options, text)));

    internal static Setting Span(string name, Action<CarillonOptions, TimeSpan> set) =>
        new(name, null, "a duration such as 30s, 5m, 1h30m or PT5M", (options, text) =>
            (Durations.TryParse(text, out var value, out _) || TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value)) && Do(() => set(options, value)));

    private static bool TryReadSeconds(string text, out TimeSpan value)
    {
        var isRead = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        value = TimeSpan.FromSeconds(seconds);
        return isRead;
    }

    private static void AddQueues(CarillonOptions options, string text)
    {
        foreach (var queue in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            options.Queues.Add(queue);
        }
    }

    private static bool Do(Action set)
    {
        set();
        return true;
    }
}
