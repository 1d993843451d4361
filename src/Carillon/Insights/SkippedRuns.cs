using System.Text.Json;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.Insights;

/// <summary>
/// Joins entries of skipped instants that follow one another for one reason, with nothing between: a schedule whose job hangs for a night
/// skips each instant by itself, and a reader wants one line.
/// </summary>
internal static class SkippedRuns
{
    /// <param name="history">Newest first.</param>
    /// <param name="breaks">What happened between two entries keeps them apart: when jobs were made.</param>
    public static IReadOnlyList<JournalEntry> Joined(IReadOnlyList<JournalEntry> history, IReadOnlyList<DateTimeOffset> breaks)
    {
        List<JournalEntry> joined = [];
        foreach (var entry in history)
        {
            if (joined.Count > 0 && Join(joined[^1], entry, breaks) is { } both)
            {
                joined[^1] = both;
            }
            else
            {
                joined.Add(entry);
            }
        }

        return joined;
    }

    private static JournalEntry? Join(JournalEntry newer, JournalEntry older, IReadOnlyList<DateTimeOffset> breaks)
    {
        if (newer.Kind != JournalKinds.Skipped || older.Kind != JournalKinds.Skipped)
        {
            return null;
        }

        var ((reason, last), (before, first)) = (Read(newer), Read(older));
        return reason != before || breaks.Any(at => at > first.Last && at <= last.First)
            ? null
            : SkippedFact.Of(newer.Subject.Id, reason, new Segment(first.First, last.Last, first.Count + last.Count, first.IsAtLeast || last.IsAtLeast), newer.At);
    }

    private static (string Reason, Segment Range) Read(JournalEntry entry)
    {
        using var data = JsonDocument.Parse(entry.Data);
        var root = data.RootElement;
        return (root.GetProperty("reason").GetString() ?? "", new Segment(
            root.GetProperty("from").GetDateTimeOffset(), root.GetProperty("to").GetDateTimeOffset(), root.GetProperty("count").GetInt64(), root.TryGetProperty("isAtLeast", out _)));
    }
}
