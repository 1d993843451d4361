namespace Carillon.AspNetCore.Shapes;

/// <summary>The answer of the node that was asked about itself and its cluster.</summary>
internal sealed record StatusView(
    string Instance, string? LeaderInstance, string Version, string Store, TimeSpan ClockOffset, string ZoneData, DateTimeOffset Now,
    int Nodes, int Handlers, StatusJobs Jobs);

/// <summary>How many live jobs there are.</summary>
internal sealed record StatusJobs(long Pending, long Running, long Waiting, long Dead);

/// <summary>Whether the node is well; the reason is a fixed word, for anybody may read it.</summary>
internal sealed record HealthView(string Status, string? Reason = null);
