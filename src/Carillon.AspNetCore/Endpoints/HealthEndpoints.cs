using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>For those who restart processes and route calls. Open to anybody, so the answers are fixed words.</summary>
internal static class HealthEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Open("/health/live", _ => Task.FromResult(Results.Json(new HealthView("ok"), ApiJson.Wire.HealthView)), "The process answers.") with { Answer = ApiJson.Wire.HealthView, IsLenient = true },
        ApiRoute.Open("/health/ready", ReadyAsync, "The store serves and the node holds its lease (200), or not (503, with the reason).") with { Answer = ApiJson.Wire.HealthView, IsLenient = true },
    ];

    private static async Task<IResult> ReadyAsync(ApiCall call)
    {
        try
        {
            await call.Doors.Cluster.FindLeaderAsync(call.Aborted);
        }
        catch (StoreUnavailableException error)
        {
            return NotReady(call, error.IsFull ? "store full" : "store unavailable");
        }

        return call.Doors.IsWorking() ? Results.Json(new HealthView("ready"), ApiJson.Wire.HealthView) : NotReady(call, "node lease lost");
    }

    private static IResult NotReady(ApiCall call, string reason)
    {
        call.Http.Response.Headers.RetryAfter = "5";
        return Results.Json(new HealthView("not ready", reason), ApiJson.Wire.HealthView, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
