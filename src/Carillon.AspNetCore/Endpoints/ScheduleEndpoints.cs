using System.Globalization;
using Carillon.Access;
using Carillon.AspNetCore.Access;
using Carillon.AspNetCore.Compatibility;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Language;
using Carillon.Outputs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Schedules: look, make, change, remove. What operators do to them stands in <see cref="ScheduleActEndpoints"/>.</summary>
internal static class ScheduleEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/schedules", Role.Viewer, ListAsync, "Schedules by name.") with
        {
            Answer = ApiJson.Wire.PageScheduleView,
            Query = [new("owner", "owned by this configuration file"), new("handler", "of this handler"), new("mode", "live, paused or shadow"), new("calendar", "that use this calendar"), .. QueryReader.Paging],
        },
        ApiRoute.Post("/api/v1/schedules", Role.Admin, CreateAsync, "Makes a schedule; it is live at once.") with
        {
            Body = ApiJson.Wire.ScheduleBody, Answer = ApiJson.Wire.ScheduleView, Status = StatusCodes.Status201Created,
        },
        ApiRoute.Get("/api/v1/schedules/{name}", Role.Viewer, GetAsync, "One schedule.") with { Answer = ApiJson.Wire.ScheduleView },
        ApiRoute.Put("/api/v1/schedules/{name}", Role.Admin, PutAsync, "Makes it (201) or replaces its definition (200); its id, count and pause stay.") with
        {
            Body = ApiJson.Wire.ScheduleBody, Answer = ApiJson.Wire.ScheduleView,
        },
        ApiRoute.Delete("/api/v1/schedules/{name}", Role.Admin, RemoveAsync, "Removes it; jobs that it made stay.") with { Status = StatusCodes.Status204NoContent },
        ApiRoute.Get("/api/v1/schedules/{name}/next", Role.Viewer, NextAsync, "The instants to come.") with
        {
            Answer = ApiJson.Wire.NextView, Query = [new("count", "how many, 1 to 1000; 5 by default", IsNumber: true)],
        },
    ];

    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var query = new ScheduleQuery { Owner = call.Query("owner"), Handler = call.Query("handler"), Mode = call.Choice<ScheduleMode>("mode"), Calendar = call.Query("calendar") };
        var limit = call.Limit();
        var place = await call.PlaceAsync();
        var (schedules, next) = await Paging.ReadAsync(
            limit, place, (after, count) => call.Doors.Schedules.ListAsync(query with { After = after, Limit = count }, call.Aborted), schedule => schedule.Name);
        return await call.PageAsync([.. schedules.Select(ScheduleView.Of)], next, ApiJson.Wire.PageScheduleView);
    }

    private static async Task<IResult> GetAsync(ApiCall call) => await call.Doors.Schedules.GetAsync(call.Name(), call.Aborted) is { } schedule
        ? Results.Json(ScheduleView.Of(schedule), ApiJson.Wire.ScheduleView)
        : Problem.NotFound("schedule");

    private static async Task<IResult> CreateAsync(ApiCall call)
    {
        using var document = await BodyReader.ReadDocumentAsync(call.Http, call.Doors.Options.MaxBodyBytes);
        return CompatShape.IsOlder(document.RootElement)
            ? await CompatJobEndpoints.CreateAsync(call, BodyReader.Bind(document.RootElement, CompatJson.Wire.CompatJob, ""))
            : await PutAsync(call, Request(BodyReader.Bind(document.RootElement, ApiJson.Wire.ScheduleBody, ""), null), PutCondition.MustBeNew);
    }

    private static async Task<IResult> PutAsync(ApiCall call)
    {
        var (body, name) = (await call.ReadAsync(ApiJson.Wire.ScheduleBody), call.Name());
        if (body.Name is not null && body.Name != name)
        {
            call.Refuse("name", body.Name, $"differs from the name in the path ('{name}'); a schedule cannot be renamed: make a new one and delete the old one");
            call.ThrowFaults();
        }

        return await PutAsync(call, Request(body, name), PutCondition.Any);
    }

    private static ScheduleRequest Request(ScheduleBody body, string? name)
    {
        var faults = new List<Fault>();
        var request = body.ToRequest(name, "", faults);
        _ = OutputSpec.TryParse(request.Output, out _, out var outputs);
        faults.AddRange(outputs);
        return faults.Count == 0 ? request : throw new InvalidRequestException(faults);
    }

    private static async Task<IResult> PutAsync(ApiCall call, ScheduleRequest request, PutCondition condition)
    {
        if (await PrivilegeRule.RefuseAsync(call, [request.Handler]) is { } refusal)
        {
            return refusal;
        }

        // What a file owns stays the file's: a change by hand does not make it anybody else's.
        var owner = (await call.Doors.Schedules.GetAsync(request.Name, call.Aborted))?.Owner;
        var result = await call.Doors.Schedules.PutAsync(request with { Owner = owner }, call.Act("schedule.put"), condition, call.Aborted);
        if (result.Status == PutStatus.Refused)
        {
            return Problem.Of(StatusCodes.Status409Conflict, $"There is a schedule named '{request.Name}' already; PUT its path to change it.");
        }

        var isNew = result.Status == PutStatus.Created;
        if (isNew)
        {
            call.Http.Response.Headers.Location = call.Link($"/api/v1/schedules/{Uri.EscapeDataString(request.Name)}");
        }

        return Results.Json(ScheduleView.Of(result.Schedule!), ApiJson.Wire.ScheduleView, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> RemoveAsync(ApiCall call) =>
        await call.Doors.Schedules.RemoveAsync(call.Name(), call.Act("schedule.remove"), call.Aborted) ? Results.NoContent() : Problem.NotFound("schedule");

    private static async Task<IResult> NextAsync(ApiCall call)
    {
        var count = call.Number("count", 5, 1, 1_000);
        call.ThrowFaults();
        if (await call.Doors.Schedules.GetAsync(call.Name(), call.Aborted) is not { } schedule
            || await call.Doors.Schedules.NextAsync(schedule.Name, count, call.Aborted) is not { } next)
        {
            return Problem.NotFound("schedule");
        }

        return Results.Json(
            new NextView([.. next.Select(instant => new OccurrenceView(instant.At, instant.Local.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture)))], schedule.Zone, Zones.Version),
            ApiJson.Wire.NextView);
    }
}
