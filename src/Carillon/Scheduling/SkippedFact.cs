using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>A range of instants that made no job, as one journal entry.</summary>
internal static class SkippedFact
{
    /// <summary>Instants beyond so many are not counted one by one: the entry says "at least".</summary>
    public const long CountLimit = 10_000;

    /// <summary>Missed, and the policy runs none of them, or another one in their place.</summary>
    public const string Misfire = "misfire";

    /// <summary>Missed for longer than the misfire window.</summary>
    public const string OutsideWindow = "outside window";

    /// <summary>The schedule has fired as often as it may.</summary>
    public const string MaxCount = "max count";

    /// <summary>The schedule was paused.</summary>
    public const string Paused = "paused";

    /// <summary>The schedule was changed before they were handled.</summary>
    public const string Changed = "changed";

    /// <summary>The entry. Counting that stopped carries <c>"isAtLeast":true</c>.</summary>
    public static JournalEntry Of(string schedule, string reason, Segment range, DateTimeOffset now)
    {
        var data = new JsonObject { ["reason"] = reason, ["from"] = range.First, ["to"] = range.Last, ["count"] = range.Count };
        if (range.IsAtLeast) data["isAtLeast"] = true;
        return new JournalEntry { Subject = new Subject(SubjectKind.Schedule, schedule), Kind = JournalKinds.Skipped, At = now, Data = data.ToJsonString() };
    }
}

/// <summary>Neighbouring instants of a schedule.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Count">How many.</param>
/// <param name="IsAtLeast">There are more than were counted.</param>
internal readonly record struct Segment(DateTimeOffset First, DateTimeOffset Last, long Count, bool IsAtLeast);
