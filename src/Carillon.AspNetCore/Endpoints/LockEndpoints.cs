using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Locks that programs hold.</summary>
internal static class LockEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/locks", Role.Viewer, ListAsync, "Locks that are held, by name, and by which node.") with { Answer = ApiJson.Wire.PageLockAnswer, Query = QueryReader.Paging },
    ];

    private static async Task<IResult> ListAsync(ApiCall call) => await call.PageOfAllAsync(
        [.. (await call.Doors.Locks.ListAsync(cancellationToken: call.Aborted)).Select(LockAnswer.Of)], held => held.Name, ApiJson.Wire.PageLockAnswer);
}
