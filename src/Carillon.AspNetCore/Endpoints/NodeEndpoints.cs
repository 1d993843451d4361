using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Live nodes.</summary>
internal static class NodeEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/nodes", Role.Viewer, ListAsync, "Live nodes, by name.") with { Answer = ApiJson.Wire.PageNodeAnswer, Query = QueryReader.Paging },
    ];

    private static async Task<IResult> ListAsync(ApiCall call) => await call.PageOfAllAsync(
        [.. (await call.Doors.Cluster.ListNodesAsync(call.Aborted)).Select(NodeAnswer.Of)], node => node.Name, ApiJson.Wire.PageNodeAnswer);
}
