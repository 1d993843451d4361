using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Calendars: which dates and times schedules may use.</summary>
internal static class CalendarEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/calendars", Role.Viewer, ListAsync, "Calendars by name.") with { Answer = ApiJson.Wire.PageCalendarView, Query = QueryReader.Paging },
        ApiRoute.Get("/api/v1/calendars/{name}", Role.Viewer, GetAsync, "One calendar.") with { Answer = ApiJson.Wire.CalendarView },
        ApiRoute.Put("/api/v1/calendars/{name}", Role.Admin, PutAsync, "Makes it (201) or replaces it (200); the next instants of the schedules that use it are found anew.") with
        {
            Body = ApiJson.Wire.CalendarBody, Answer = ApiJson.Wire.CalendarView,
        },
        ApiRoute.Delete("/api/v1/calendars/{name}", Role.Admin, RemoveAsync, "Removes it; 409 while a schedule or a calendar uses it.") with { Status = StatusCodes.Status204NoContent },
    ];

    private static async Task<IResult> ListAsync(ApiCall call) => await call.PageOfAllAsync(
        [.. (await call.Doors.Calendars.ListAsync(call.Aborted)).Select(CalendarView.Of)], calendar => calendar.Name, ApiJson.Wire.PageCalendarView);

    private static async Task<IResult> GetAsync(ApiCall call) => await call.Doors.Calendars.GetAsync(call.Name(), call.Aborted) is { } calendar
        ? Results.Json(CalendarView.Of(calendar), ApiJson.Wire.CalendarView)
        : Problem.NotFound("calendar");

    private static async Task<IResult> PutAsync(ApiCall call)
    {
        var (body, name) = (await call.ReadAsync(ApiJson.Wire.CalendarBody), call.Name());
        var isNew = await call.Doors.Calendars.PutAsync(name, body.ToJson(), call.Act("calendar.put"), call.Aborted);
        if (await call.Doors.Calendars.GetAsync(name, call.Aborted) is not { } calendar)
        {
            return Problem.NotFound("calendar");
        }

        if (isNew)
        {
            call.Http.Response.Headers.Location = call.Link($"/api/v1/calendars/{Uri.EscapeDataString(name)}");
        }

        return Results.Json(CalendarView.Of(calendar), ApiJson.Wire.CalendarView, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> RemoveAsync(ApiCall call)
    {
        var name = call.Name();
        var removal = await call.Doors.Calendars.RemoveAsync(name, call.Act("calendar.remove"), call.Aborted);
        if (removal.UsedBy.Count > 0)
        {
            return Problem.Of(StatusCodes.Status409Conflict, $"The calendar '{name}' is used by {string.Join(", ", removal.UsedBy)}; change those first.");
        }

        return removal.IsRemoved ? Results.NoContent() : Problem.NotFound("calendar");
    }
}
