namespace Carillon.Cluster;

/// <summary>What a node does. Roles are started apart where the processes that answer calls must not share their processors with jobs.</summary>
[Flags]
public enum NodeRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Fires schedules, and may be the leader.</summary>
    Scheduler = 1,

    /// <summary>Runs jobs.</summary>
    Worker = 2,

    /// <summary>Answers the REST API. <c>carillon serve</c> listens for it; in a host of your own it is what <c>MapCarillon</c> maps, whatever the roles say.</summary>
    Api = 4,

    /// <summary>All of them.</summary>
    All = Scheduler | Worker | Api,
}

/// <summary>Roles as text: <c>scheduler,worker,api</c>.</summary>
internal static class RoleNames
{
    public static IReadOnlyList<string> All { get; } = ["scheduler", "worker", "api"];

    /// <summary>The names of these roles.</summary>
    public static IReadOnlyList<string> Of(NodeRoles roles) => [.. All.Where((_, place) => roles.HasFlag(At(place)))];

    /// <summary>The role of this name; none when there is no such one.</summary>
    public static NodeRoles Find(string name) =>
        All.Index().Where(known => known.Item.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(known => At(known.Index)).FirstOrDefault();

    private static NodeRoles At(int place) => (NodeRoles)(1 << place);
}
