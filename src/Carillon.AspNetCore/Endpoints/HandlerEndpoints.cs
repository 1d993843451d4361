using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Handlers that live nodes have.</summary>
internal static class HandlerEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/handlers", Role.Viewer, ListAsync, "Handlers of live nodes, with the schema of their arguments.") with { Answer = ApiJson.Wire.PageHandlerView, Query = QueryReader.Paging },
        ApiRoute.Get("/api/v1/handlers/{name}", Role.Viewer, GetAsync, "One handler.") with { Answer = ApiJson.Wire.HandlerView },
    ];

    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var handlers = HandlerView.Of(await call.Doors.Cluster.ListNodesAsync(call.Aborted));
        return await call.PageOfAllAsync(handlers, handler => handler.Name, ApiJson.Wire.PageHandlerView);
    }

    private static async Task<IResult> GetAsync(ApiCall call)
    {
        var name = call.Name();
        return HandlerView.Of(await call.Doors.Cluster.ListNodesAsync(call.Aborted)).FirstOrDefault(handler => handler.Name == name) is { } found
            ? Results.Json(found, ApiJson.Wire.HandlerView)
            : Problem.NotFound("handler on a live node");
    }
}
