using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Carillon.AspNetCore.Routing;

/// <summary>Maps a table of routes: each path answers its methods, and every other method with 405; every call passes the gate and leaves as JSON.</summary>
internal sealed partial class RouteMap(Doors doors, ILogger<RouteMap> logger)
{
    public void Map(IEndpointRouteBuilder app, IReadOnlyList<ApiRoute> routes)
    {
        foreach (var path in routes.GroupBy(route => route.Pattern, StringComparer.Ordinal))
        {
            foreach (var route in path)
            {
                var methods = route.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : (string[])[route.Method];
                app.MapMethods(route.Pattern, methods, Delegate(route.Role, route.Run, route)).WithMetadata(route).WithSummary(route.Summary);
            }

            MapOtherMethods(app, path.Key, [.. path]);
        }

        // Below our own prefix nothing else answers, so an unknown path is a problem document too, and closed to those who may not ask.
        app.Map("/api/v1/{**rest}", Delegate(Role.Viewer, _ => Task.FromResult(Problem.NotFound("path")), null)).WithOrder(int.MaxValue);
    }

    private void MapOtherMethods(IEndpointRouteBuilder app, string pattern, IReadOnlyList<ApiRoute> routes)
    {
        var allow = string.Join(", ", routes.Select(route => route.Method).SelectMany(method => method == HttpMethods.Get ? ["GET", "HEAD"] : (string[])[method]));
        var least = routes.Min(route => route.Role);
        app.Map(pattern, Delegate(routes.Any(route => route.Role is null) ? null : least, call => Task.FromResult(NotAllowed(call.Http, allow)), null));
    }

    private RequestDelegate Delegate(Role? least, Func<ApiCall, Task<IResult>> run, ApiRoute? route) => http => AnswerAsync(http, least, run, route);

    private static IResult NotAllowed(HttpContext http, string allow)
    {
        http.Response.Headers.Allow = allow;
        return Problem.Of(StatusCodes.Status405MethodNotAllowed, $"This path does not know the method {http.Request.Method[..Math.Min(20, http.Request.Method.Length)]}; it knows {allow}.");
    }

    private async Task AnswerAsync(HttpContext http, Role? least, Func<ApiCall, Task<IResult>> run, ApiRoute? route)
    {
        ApiHeaders.Write(http.Response);
        var answer = await DecideAsync(http, least, run, route);
        if (answer is not null)
        {
            await answer.ExecuteAsync(http);
        }
    }

    /// <summary>Null: the caller has gone.</summary>
    private async Task<IResult?> DecideAsync(HttpContext http, Role? least, Func<ApiCall, Task<IResult>> run, ApiRoute? route)
    {
        try
        {
            var (caller, refusal) = await doors.Gate.AdmitAsync(http, least);
            if (caller is null)
            {
                return refusal;
            }

            var call = new ApiCall(http, doors, caller);
            QueryNames.Check(call, route);
            return await run(call);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error)
        {
            return Explain(http, error);
        }
    }

    private IResult Explain(HttpContext http, Exception error)
    {
        switch (error)
        {
            case InvalidRequestException invalid:
                return Problem.Invalid(invalid.Faults);
            case RefusedException refused:
                return Problem.Of(refused.Status, refused.Message);
            case BadHttpRequestException bad:
                return Problem.Of(bad.StatusCode, "The request could not be read.");
            case StoreUnavailableException unavailable:
                LogUnavailable(http.Request.Method, http.Request.Path, unavailable.Message);
                http.Response.Headers.RetryAfter = "5";
                return unavailable.IsFull
                    ? Problem.Of(StatusCodes.Status507InsufficientStorage, "The store has no space left; nothing was changed. Free some, then try again.")
                    : Problem.Of(StatusCodes.Status503ServiceUnavailable, "The store cannot serve this now; try again. The server's log names the cause.");
            default:
                LogFailed(error, http.Request.Method, http.Request.Path, Problem.TraceOf(http));
                return Problem.Of(StatusCodes.Status500InternalServerError, "Something went wrong in the server; its log has the particulars under this trace id.");
        }
    }

    // A line for each: while the store is away they are many, and the reason names the cause.
    [LoggerMessage(1800, LogLevel.Error, "The store could not serve {Method} {Path}: {Reason}")]
    private partial void LogUnavailable(string method, string path, string reason);

    [LoggerMessage(1801, LogLevel.Error, "The API call {Method} {Path} failed (trace {Trace})")]
    private partial void LogFailed(Exception error, string method, string path, string trace);
}
