using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;

namespace Carillon.Server.Serving;

/// <summary>What the server answers where it has nothing, such as at its root: a problem document that tells where to begin.</summary>
internal static class NothingHere
{
    public static Task AnswerAsync(HttpContext http)
    {
        ApiHeaders.Write(http.Response);
        return Problem.Of(StatusCodes.Status404NotFound, "There is nothing at this path. Begin with /api/v1/status; /openapi/v1.json describes the whole API.").ExecuteAsync(http);
    }
}
