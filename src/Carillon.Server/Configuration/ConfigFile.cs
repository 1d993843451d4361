using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Language;
using Carillon.Scheduling;

namespace Carillon.Server.Configuration;

/// <summary>A configuration file that has no fault.</summary>
internal sealed record ConfigFile
{
    /// <summary>As the user named it.</summary>
    public required string Path { get; init; }

    /// <summary>The name under which it owns schedules: what it says itself, else the file's name.</summary>
    public required string Owner { get; init; }

    /// <summary>Its schedules.</summary>
    public IReadOnlyList<ConfigSchedule> Schedules { get; init; } = [];

    /// <summary>Limits of queues, by name; what is not said is no limit.</summary>
    public IReadOnlyDictionary<string, QueueLimits> Queues { get; init; } = new Dictionary<string, QueueLimits>(StringComparer.Ordinal);

    /// <summary>Calendars by name, as the JSON of the API.</summary>
    public IReadOnlyDictionary<string, string> Calendars { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Targets that the handler <c>http</c> may call although they are not public.</summary>
    public IReadOnlyList<string> HttpAllow { get; init; } = [];

    /// <summary>What it says of handlers, by name.</summary>
    public IReadOnlyDictionary<string, HandlerSettings> Handlers { get; init; } = new Dictionary<string, HandlerSettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Settings by the names of the section <c>Carillon</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Its settings and what it says of handlers, under the names of the section <c>Carillon</c>.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ToConfiguration()
    {
        foreach (var (name, value) in Settings)
        {
            yield return new($"Carillon:{name}", value);
        }

        foreach (var (name, handler) in Handlers)
        {
            if (handler.MaxConcurrent is { } limit)
            {
                yield return new($"Carillon:Handlers:{name}:{nameof(handler.MaxConcurrent)}", $"{limit}");
            }

            if (handler.KeepFinished is { } kept)
            {
                yield return new($"Carillon:Handlers:{name}:{nameof(handler.KeepFinished)}", Durations.Format(kept));
            }
        }
    }

    /// <summary>What a later reading of the file says otherwise, of that which only a start reads: <c>http.allow</c>, <c>handlers.http</c>, <c>settings.Zone</c>.</summary>
    public IReadOnlyList<string> NeedsStart(ConfigFile later) =>
    [
        .. HttpAllow.SequenceEqual(later.HttpAllow, StringComparer.Ordinal) ? Array.Empty<string>() : ["http.allow"],
        .. Changed(Handlers, later.Handlers).Select(name => $"handlers.{name}"),
        .. Changed(Settings, later.Settings).Select(name => $"settings.{name}"),
    ];

    private static IEnumerable<string> Changed<T>(IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after) where T : class =>
        before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(name => !Equals(before.GetValueOrDefault(name), after.GetValueOrDefault(name))).Order(StringComparer.Ordinal);
}

/// <summary>A schedule of a file.</summary>
/// <param name="Request">What it asks for, with the file as owner.</param>
/// <param name="Mark">A digest of what the file says about it: another mark, another will.</param>
/// <param name="Line">Where it stands.</param>
internal sealed record ConfigSchedule(ScheduleRequest Request, string Mark, long Line)
{
    public string Name => Request.Name;
}
