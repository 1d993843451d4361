using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>API keys.</summary>
internal static class KeyEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/keys", Role.Admin, ListAsync, "API keys, oldest first; never their secrets.") with { Answer = ApiJson.Wire.PageKeyView, Query = QueryReader.Paging },
        ApiRoute.Post("/api/v1/keys", Role.Admin, CreateAsync, "Makes a key. The answer is the only place where it can ever be read.") with
        {
            Body = ApiJson.Wire.KeyBody, Answer = ApiJson.Wire.NewKeyView, Status = StatusCodes.Status201Created,
        },
        ApiRoute.Delete("/api/v1/keys/{id}", Role.Admin, RevokeAsync, "Ends a key; every node refuses it within five seconds.") with { Status = StatusCodes.Status204NoContent },
    ];

    private static async Task<IResult> ListAsync(ApiCall call) => await call.PageOfAllAsync(
        [.. (await call.Doors.Keys.ListAsync(call.Aborted)).Select(KeyView.Of)], key => key.Id, ApiJson.Wire.PageKeyView);

    private static async Task<IResult> CreateAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.KeyBody);
        if (body.Role is not { } role)
        {
            call.Refuse("role", null, "is required: viewer, operator or admin");
            call.ThrowFaults();
            return Problem.Invalid([]);
        }

        var (key, secret) = await call.Doors.Keys.CreateAsync(body.Name ?? "", role, body.ExpiresAt, call.Act("key.create"), call.Aborted);
        return Results.Json(
            new NewKeyView(key.Id, key.Name, key.Role, key.Last4, key.CreatedAt, key.ExpiresAt, secret), ApiJson.Wire.NewKeyView, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RevokeAsync(ApiCall call) =>
        await call.Doors.Keys.RevokeAsync(call.Path("id"), call.Act("key.revoke"), call.Aborted) ? Results.NoContent() : Problem.NotFound("key");
}
