using System.Diagnostics;
using Carillon.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Carillon.AspNetCore.Json;

/// <summary>An RFC 9457 problem document. It never holds a stack trace, SQL or a path of the server.</summary>
/// <param name="Type">Stable name of the kind of problem.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">What is wrong here and what to do.</param>
/// <param name="Errors">The faults of a request, each with its field.</param>
/// <param name="TraceId">Finds the call in the server's log and traces.</param>
internal sealed record ProblemBody(string Type, string Title, int Status, string Detail, IReadOnlyList<Fault>? Errors, string? TraceId);

/// <summary>Answers with problem documents.</summary>
internal static class Problem
{
    public static IResult Of(int status, string detail, IReadOnlyList<Fault>? errors = null) => new Answer(status, detail, errors);

    /// <summary>By which the call is found in traces, or at least in this server's log.</summary>
    public static string TraceOf(HttpContext http) => Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;

    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, $"There is no such {what}.");

    public static IResult Invalid(IReadOnlyList<Fault> faults) =>
        Of(StatusCodes.Status400BadRequest, faults.Count == 1 ? faults[0].ToString() : $"The request has {faults.Count} faults; nothing was changed.", faults);

    private sealed class Answer(int status, string detail, IReadOnlyList<Fault>? errors) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var body = new ProblemBody($"urn:carillon:problem:{status}", ReasonPhrases.GetReasonPhrase(status), status, detail, errors, TraceOf(httpContext));
            return Results.Json(body, ApiJson.Wire.ProblemBody, "application/problem+json", status).ExecuteAsync(httpContext);
        }
    }
}
