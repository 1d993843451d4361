using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Cluster;
using Carillon.Hosting;
using Carillon.Language;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>How the answering node and its cluster stand.</summary>
internal static class StatusEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/status", Role.Viewer, GetAsync, "The answering node and its cluster.") with { Answer = ApiJson.Wire.StatusView },
    ];

    private static async Task<IResult> GetAsync(ApiCall call)
    {
        var (cluster, clock) = (call.Doors.Cluster, call.Doors.Clock);
        var nodes = await cluster.ListNodesAsync(call.Aborted);
        var queues = await call.Doors.Queues.ListAsync(call.Aborted);
        var leader = nodes.FirstOrDefault(node => node.IsLeader);
        var status = new StatusView(
            cluster.Node, leader?.Manifest.Node, EngineHost.Version, cluster.Store,
            TimeSpan.FromMilliseconds(Math.Round(clock.Offset.TotalMilliseconds)), Zones.Version, clock.GetUtcNow(),
            nodes.Count, nodes.SelectMany(node => node.Manifest.Handlers).DistinctBy(handler => handler.Name).Count(),
            new StatusJobs(queues.Sum(queue => queue.Pending), queues.Sum(queue => queue.Running), queues.Sum(queue => queue.Waiting), queues.Sum(queue => queue.Dead)))
        {
            State = nodes.FirstOrDefault(node => node.Manifest.Node == cluster.Node)?.State,
            LeaderTerm = leader?.LeaderTerm,
            StoreConnections = cluster.StoreConnections is { } connections ? new ConnectionsAnswer(connections.Used, connections.Max) : null,
            Roles = RoleNames.Of(call.Doors.Self.Roles),
            Queues = call.Doors.Self.Queues,
        };
        return Results.Json(status, ApiJson.Wire.StatusView);
    }
}
