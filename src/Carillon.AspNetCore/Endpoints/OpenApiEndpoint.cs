using System.Text;
using Carillon.Access;
using Carillon.AspNetCore.OpenApi;
using Carillon.AspNetCore.Routing;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>The API's own description.</summary>
internal static class OpenApiEndpoint
{
    private const string Path = "/openapi/v1.json";

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get(Path, Role.Viewer, GetAsync, "This document.") with { IsLenient = true },
    ];

    private static Task<IResult> GetAsync(ApiCall call)
    {
        var here = $"{call.Http.Request.PathBase}{call.Http.Request.Path}";
        var server = here.Length > Path.Length ? here[..^Path.Length] : "/";
        return Task.FromResult(Results.Text(OpenApiDocument.Of(call.Doors.Routes, server).ToJsonString(), "application/json", Encoding.UTF8));
    }
}
