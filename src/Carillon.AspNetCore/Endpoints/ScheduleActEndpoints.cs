using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>What operators do to schedules.</summary>
internal static class ScheduleActEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Post("/api/v1/schedules/{name}/pause", Role.Operator, PauseAsync, "Makes no job from now on; effective at once.") with { Body = ApiJson.Wire.ReasonBody, Answer = ApiJson.Wire.ScheduleView },
        ApiRoute.Post("/api/v1/schedules/{name}/resume", Role.Operator, ResumeAsync, "Goes on from now; instants that went by are recorded as skipped.") with { Answer = ApiJson.Wire.ScheduleView },
        ApiRoute.Post("/api/v1/schedules/{name}/trigger", Role.Operator, TriggerAsync, "Makes a job now; the schedule's own instants stay.") with
        {
            Answer = ApiJson.Wire.JobView, Status = StatusCodes.Status201Created,
        },
        ApiRoute.Post("/api/v1/schedules/{name}/backfill", Role.Operator, BackfillAsync, "Makes one job for each past instant of a range that has none; asked again it makes nothing twice.") with
        {
            Body = ApiJson.Wire.BackfillBody, Answer = ApiJson.Wire.BackfillAnswer,
        },
    ];

    private static async Task<IResult> PauseAsync(ApiCall call)
    {
        var reason = ReasonBody.Of(await call.ReadOptionalAsync(ApiJson.Wire.ReasonBody));
        return Answer(await call.Doors.Schedules.PauseAsync(call.Name(), reason, call.Act("schedule.pause"), call.Aborted));
    }

    private static async Task<IResult> ResumeAsync(ApiCall call) =>
        Answer(await call.Doors.Schedules.ResumeAsync(call.Name(), call.Act("schedule.resume"), call.Aborted));

    private static async Task<IResult> TriggerAsync(ApiCall call)
    {
        if (await call.Doors.Schedules.TriggerAsync(call.Name(), call.Act("schedule.trigger"), call.Aborted) is not { } id
            || await call.Doors.Jobs.GetAsync(id, call.Aborted) is not { } job)
        {
            return Problem.NotFound("schedule");
        }

        call.Http.Response.Headers.Location = call.Link($"/api/v1/jobs/{id}");
        return Results.Json(await JobEndpoints.ViewAsync(call, job), ApiJson.Wire.JobView, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> BackfillAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.BackfillBody);
        foreach (var (member, value) in new[] { ("from", body.From), ("to", body.To) }.Where(member => member.Item2 is null))
        {
            call.Refuse(member, null, "is required: an instant such as 2030-01-31T09:00:00+01:00");
        }

        call.ThrowFaults();
        var request = body.ToRequest(body.From!.Value, body.To!.Value);
        return await call.Doors.Schedules.BackfillAsync(call.Name(), request, call.Act("schedule.backfill"), call.Aborted) is { } result
            ? Results.Json(BackfillAnswer.Of(call.Name(), request, result), ApiJson.Wire.BackfillAnswer)
            : Problem.NotFound("schedule");
    }

    private static IResult Answer(Schedule? schedule) =>
        schedule is null ? Problem.NotFound("schedule") : Results.Json(ScheduleView.Of(schedule), ApiJson.Wire.ScheduleView);
}
