using System.Text.Json.Serialization.Metadata;
using Carillon.Access;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Routing;

/// <summary>
/// One method on one path: who may call it, what does the work, and what the OpenAPI document says. There is no route without a role but
/// those made by <see cref="Open"/>, and a test holds the list of them.
/// </summary>
internal sealed record ApiRoute
{
    private ApiRoute(string method, string pattern, Role? role, Func<ApiCall, Task<IResult>> run) =>
        (Method, Pattern, Role, Run) = (method, pattern, role, run);

    public string Method { get; }

    public string Pattern { get; }

    /// <summary>The least role; null for the open routes.</summary>
    public Role? Role { get; }

    public Func<ApiCall, Task<IResult>> Run { get; }

    public required string Summary { get; init; }

    /// <summary>The body's contract; null when it takes none.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>The answer's contract; null when it has no JSON body.</summary>
    public JsonTypeInfo? Answer { get; init; }

    /// <summary>The status of the usual answer.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Query parameters it knows; another one is refused.</summary>
    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>Unknown query parameters are ignored, as the older clients may send some.</summary>
    public bool IsLenient { get; init; }

    /// <summary>Takes the header <c>Idempotency-Key</c>.</summary>
    public bool TakesIdempotencyKey { get; init; }

    public static ApiRoute Get(string pattern, Role role, Func<ApiCall, Task<IResult>> run, string summary) => new(HttpMethods.Get, pattern, role, run) { Summary = summary };

    public static ApiRoute Post(string pattern, Role role, Func<ApiCall, Task<IResult>> run, string summary) => new(HttpMethods.Post, pattern, role, run) { Summary = summary };

    public static ApiRoute Put(string pattern, Role role, Func<ApiCall, Task<IResult>> run, string summary) => new(HttpMethods.Put, pattern, role, run) { Summary = summary };

    public static ApiRoute Delete(string pattern, Role role, Func<ApiCall, Task<IResult>> run, string summary) => new(HttpMethods.Delete, pattern, role, run) { Summary = summary };

    /// <summary>A route that anybody may call: it must tell nothing.</summary>
    public static ApiRoute Open(string pattern, Func<ApiCall, Task<IResult>> run, string summary) => new(HttpMethods.Get, pattern, null, run) { Summary = summary };
}

/// <summary>A query parameter, for the check of names and for the OpenAPI document.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it takes.</param>
/// <param name="IsNumber">A whole number, not text.</param>
internal sealed record QueryParameter(string Name, string Description, bool IsNumber = false);
