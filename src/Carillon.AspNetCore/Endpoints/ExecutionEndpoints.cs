using System.Globalization;
using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Attempts of all jobs.</summary>
internal static class ExecutionEndpoints
{
    private static readonly string[] States = ["running", "succeeded", "retry", "snoozed", "dead", "cancelled", "owner lost"];

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/executions", Role.Viewer, ListAsync, "Attempts: the running ones first, then by their end, latest first.") with
        {
            Answer = ApiJson.Wire.PageExecutionView,
            Query = [new("job", "of this job"), new("schedule", "of jobs of this schedule"), new("state", string.Join(", ", States)), .. QueryReader.Paging],
        },
    ];

    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var query = new ExecutionQuery { Job = Job(call), Schedule = call.Query("schedule"), State = State(call) };
        var limit = call.Limit();
        var place = await call.PlaceAsync();
        var (executions, next) = await Paging.ReadAsync(
            limit, place, (after, count) => call.Doors.Jobs.ListExecutionsAsync(query with { After = Place(after), Limit = count }, call.Aborted), PlaceOf);
        return await call.PageAsync([.. executions.Select(ExecutionView.Of)], next, ApiJson.Wire.PageExecutionView);
    }

    private static Guid? Job(ApiCall call)
    {
        if (call.Query("job") is not { } text)
        {
            return null;
        }

        if (!Guid.TryParse(text, out var id))
        {
            call.Refuse("job", text, "must be a job's id");
        }

        return id;
    }

    private static string? State(ApiCall call)
    {
        var state = call.Query("state");
        if (state is not null && !States.Contains(state))
        {
            call.Refuse("state", state, Names.Expected(States, state));
        }

        return state;
    }

    private static string PlaceOf(Execution execution) =>
        string.Create(CultureInfo.InvariantCulture, $"{execution.FinishedAt?.UtcTicks}:{execution.Job}:{execution.Token}");

    private static (DateTimeOffset? FinishedAt, Guid Job, long Token)? Place(string? place)
    {
        if (place?.Split(':') is not [var ticks, var job, var token])
        {
            return null;
        }

        return (ticks.Length == 0 ? null : new DateTimeOffset(Paging.Number(ticks), TimeSpan.Zero), Guid.Parse(job), Paging.Number(token));
    }
}
