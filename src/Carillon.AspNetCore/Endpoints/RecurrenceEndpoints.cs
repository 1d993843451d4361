using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Looks at recurrences of which no schedule is made yet.</summary>
internal static class RecurrenceEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Post("/api/v1/recurrences/preview", Role.Viewer, PreviewAsync, "What a recurrence means in plain English, what is odd about it, and its next instants.") with
        {
            Body = ApiJson.Wire.PreviewBody, Answer = ApiJson.Wire.PreviewView,
        },
    ];

    private static async Task<IResult> PreviewAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.PreviewBody);
        return Results.Json(PreviewView.Of(call.Doors.Schedules.Preview(body.ToRequest())), ApiJson.Wire.PreviewView);
    }
}
