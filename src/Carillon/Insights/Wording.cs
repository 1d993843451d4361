using System.Globalization;
using System.Text.Json;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.Insights;

/// <summary>How instants, spans and acts are said.</summary>
internal static class Wording
{
    private const int MaxError = 300;

    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>In the zone's own clock, with UTC beside it where they differ.</summary>
    public static string Instant(DateTimeOffset instant, string zone)
    {
        if (zone == "UTC" || !Zones.TryFind(zone, out var found, out _))
        {
            return Instant(instant);
        }

        return found.ToLocal(instant).ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture) + $" in {zone} ({Instant(instant)})";
    }

    public static string Span(TimeSpan span) => Durations.Format(TimeSpan.FromMilliseconds(Math.Round(span.TotalMilliseconds)));

    /// <summary>As it is written in settings: <c>10/1m burst 5</c>.</summary>
    public static string Rate(RateLimit rate) => RateText.Format(rate.Count, rate.Per, rate.Burst);

    /// <summary>The first line of an error, as a sentence; the whole stands in the attempt.</summary>
    public static string Error(string? error)
    {
        var line = error?.Split('\n', 2)[0].Trim() ?? "";
        return line.Length == 0 ? "no error was given." : line.Length > MaxError ? line[..MaxError] + "…" : line[^1] is '.' or '!' or '?' ? line : line + ".";
    }

    public static string Times(long count) => count switch { 1 => "once", 2 => "twice", _ => string.Create(CultureInfo.InvariantCulture, $"{count} times") };

    /// <summary>Who, from where: <c>anna (from 10.0.0.7)</c>.</summary>
    public static string Actor(JournalEntry act) => $"{act.Who ?? "somebody"}{(act.From is null or "" ? "" : $" (from {act.From})")}";

    /// <summary>The verb of an act; null for another kind of entry.</summary>
    public static string? Verb(JournalEntry entry)
    {
        if (entry.Kind != JournalKinds.Act)
        {
            return null;
        }

        using var data = JsonDocument.Parse(entry.Data);
        return data.RootElement.TryGetProperty("act", out var act) ? act.GetString() : null;
    }

    /// <summary>The verb as people say it.</summary>
    public static string Did(string? verb) => verb switch
    {
        "job.cancel" => "cancelled it",
        "job.retry" => "had it retried",
        "schedule.put" => "wrote its definition",
        "schedule.pause" => "paused it",
        "schedule.resume" => "resumed it",
        "schedule.trigger" => "triggered it by hand",
        "schedule.remove" => "removed it",
        "schedule.backfill" => "backfilled it",
        "schedule.overlap" => "cancelled it for its successor",
        null => "acted on it",
        _ => $"acted on it ({verb})",
    };
}
