using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.Insights;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Why did it (not) run.</summary>
internal static class ExplainEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/explain/jobs/{id}", Role.Viewer, JobAsync, "Why a job did or did not run: the answer, then the facts in order.") with { Answer = ApiJson.Wire.Explanation },
        ApiRoute.Get("/api/v1/explain/schedules/{name}", Role.Viewer, ScheduleAsync, "Why a schedule does or does not fire, also a removed one.") with { Answer = ApiJson.Wire.Explanation },
    ];

    private static async Task<IResult> JobAsync(ApiCall call) =>
        Answer(call.PathId() is { } id ? await call.Doors.Insights.ExplainJobAsync(id, call.Aborted) : null, "job (it never was, or it is past its retention)");

    private static async Task<IResult> ScheduleAsync(ApiCall call) =>
        Answer(await call.Doors.Insights.ExplainScheduleAsync(call.Name(), call.Aborted), "schedule");

    private static IResult Answer(Explanation? explanation, string what) =>
        explanation is null ? Problem.NotFound(what) : Results.Json(explanation, ApiJson.Wire.Explanation);
}
