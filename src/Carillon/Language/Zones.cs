using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.TimeZones;

namespace Carillon.Language;

/// <summary>
/// The zones that are known: the ids of the IANA list, and Windows ids, which become IANA ids at once. The machine's own zone files play no
/// part, so that all nodes agree and names like <c>localtime</c> or <c>right/UTC</c> mean nothing.
/// </summary>
public static class Zones
{
    private const int MaxLength = 64;
    private static readonly TzdbDateTimeZoneSource Source = TzdbDateTimeZoneSource.Default;
    private static readonly ConcurrentDictionary<string, Zone> Made = new(StringComparer.Ordinal);
    private static readonly HashSet<string> Known = new(Source.GetIds().Where(id => id != "Factory"), StringComparer.Ordinal);

    /// <summary>The version of the zone data, such as <c>2026a</c>.</summary>
    public static string Version => Source.TzdbVersion;

    /// <summary>All IANA ids, sorted.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. Known.Order(StringComparer.Ordinal)];

    /// <summary>The zone of an id, or why there is none, with the nearest id.</summary>
    public static bool TryFind(string? id, [NotNullWhen(true)] out Zone? zone, [NotNullWhen(false)] out string? error)
    {
        var iana = id is { Length: > 0 and <= MaxLength } ? ToIana(id) : null;
        zone = iana is null ? null : Made.GetOrAdd(iana, id => new Zone(id, DateTimeZoneProviders.Tzdb[id]));
        error = iana is null ? Refuse(id) : null;
        return zone is not null;
    }

    private static string? ToIana(string id)
    {
        if (Known.Contains(id)) return id;
        return Source.WindowsMapping.PrimaryMapping.TryGetValue(id, out var mapped) ? Source.CanonicalIdMap[mapped] : null;
    }

    private static string Refuse(string? id) => id switch
    {
        null or "" => "The zone is empty; give an IANA id such as 'Europe/Berlin', or 'UTC'.",
        { Length: > MaxLength } => $"The zone '{Shown.Of(id)}' has {id.Length} characters, more than any zone's id; give an IANA id such as 'Europe/Berlin'.",
        _ when string.Equals(id, "localtime", StringComparison.OrdinalIgnoreCase) || string.Equals(id, "local", StringComparison.OrdinalIgnoreCase) =>
            $"The zone '{id}' differs from machine to machine; give an IANA id such as 'Europe/Berlin'.",
        _ => $"The zone '{Shown.Of(id)}' is not in the IANA list ({Version}); {(Nearest(id) is { } nearest ? $"did you mean '{nearest}'?" : "give an id such as 'Europe/Berlin', or 'UTC'.")}",
    };

    private static string? Nearest(string id)
    {
        var name = id.StartsWith("posix/", StringComparison.OrdinalIgnoreCase) || id.StartsWith("right/", StringComparison.OrdinalIgnoreCase) ? id[6..] : id;
        name = name.Trim().Replace(' ', '_');
        return Ids.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            ?? Ids.FirstOrDefault(known => known.EndsWith("/" + name, StringComparison.OrdinalIgnoreCase))
            ?? Ids.Select(known => (Id: known, Distance: Spelling.Distance(known, name))).Where(found => found.Distance <= 3 && found.Distance < name.Length / 2)
                .OrderBy(found => found.Distance).Select(found => found.Id).FirstOrDefault();
    }
}
