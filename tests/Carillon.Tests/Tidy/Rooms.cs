namespace Carillon.Tests.Tidy;

/// <summary>The rooms of <c>src/Carillon</c> and what each may know; <c>docs/walk.md</c> draws it.</summary>
internal static class Rooms
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["Store"] = [],
        ["Language"] = [],
        ["Telemetry"] = [],
        ["Jobs"] = ["Store"],
        ["Scheduling"] = ["Store", "Jobs", "Language"],
        ["Cluster"] = ["Store", "Jobs"],
        ["Locks"] = ["Store", "Jobs", "Cluster"], // a lock rests on the node's lease
        ["Engine"] = ["Store", "Jobs", "Cluster"], // the heartbeat renews the node's lease
        ["Access"] = ["Store", "Jobs"],
        ["Outputs"] = ["Store", "Jobs"],
        ["Handlers"] = ["Store", "Jobs"],
        ["Insights"] = ["Store", "Jobs", "Scheduling", "Cluster", "Language"], // reads; acts only through their clients
        ["Hosting"] = ["*"],
        ["Testing"] = ["*"],
    };

    public static bool IsRoom(string name) => Known.ContainsKey(name);

    /// <summary>The room that a file stands in; null outside the library.</summary>
    public static string? Of(string path) =>
        path.Split('/') is ["src", "Carillon", var room, ..] && room.EndsWith(".cs", StringComparison.Ordinal) is false ? room : null;

    // Everybody may measure.
    public static bool MayUse(string room, string other) =>
        other == "Telemetry" || (Known.TryGetValue(room, out var below) && (below.Contains("*") || below.Contains(other)));
}
