using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Hosting;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Compatibility;

/// <summary>What the older clients only read.</summary>
internal static class CompatReadEndpoints
{
    private const string Base = "/api/v1/scheduler";
    private const int MaxReach = 10_000;

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get(Base + "/job-types", Role.Viewer, JobTypesAsync, "The kinds of schedule of the older API.") with { Answer = CompatJson.Wire.CompatJobTypes, IsLenient = true },
        ApiRoute.Get(Base + "/task-functions", Role.Viewer, TaskFunctionsAsync, "Handlers, in the older words.") with { Answer = CompatJson.Wire.CompatTaskFunctions, IsLenient = true },
        ApiRoute.Get(Base + "/status", Role.Viewer, StatusAsync, "The scheduler's state, in the older words.") with { Answer = CompatJson.Wire.CompatStatus, IsLenient = true },
        ApiRoute.Get(Base + "/executions", Role.Viewer, ExecutionsAsync, "Attempts, latest first, by page; page × per_page reaches 10,000.") with
        {
            Answer = CompatJson.Wire.CompatExecutions, IsLenient = true,
            Query = [new("per_page", "1 to 200; 20 by default", IsNumber: true), new("page", "from 1", IsNumber: true), new("job_id", "of this schedule")],
        },
    ];

    private static Task<IResult> JobTypesAsync(ApiCall call) => Task.FromResult(Results.Json(
        new CompatJobTypes(
        [
            new CompatJobType(CompatShape.Interval, "Runs again and again after a fixed time: {\"hours\":1,\"minutes\":0,\"seconds\":0}"),
            new CompatJobType(CompatShape.Cron, "Runs by a cron expression: {\"cron\":\"0 9 * * *\"}"),
            new CompatJobType(CompatShape.Date, "Runs once: {\"date\":\"2027-01-01T09:00:00Z\"}"),
        ]),
        CompatJson.Wire.CompatJobTypes));

    private static async Task<IResult> TaskFunctionsAsync(ApiCall call)
    {
        var handlers = await call.Doors.Cluster.ListHandlersAsync(call.Aborted);
        return Results.Json(
            new CompatTaskFunctions([.. handlers.Select(handler => new CompatTaskFunction(handler.Name, handler.Description, handler.Queue, RawJson.Of(handler.ArgsSchema)))]),
            CompatJson.Wire.CompatTaskFunctions);
    }

    private static async Task<IResult> StatusAsync(ApiCall call)
    {
        var (cluster, leader) = (call.Doors.Cluster, await call.Doors.Cluster.FindLeaderAsync(call.Aborted));
        return Results.Json(
            new CompatStatus(call.Doors.IsWorking() ? "running" : "stopped", cluster.Node, leader, leader == cluster.Node, EngineHost.Version), CompatJson.Wire.CompatStatus);
    }

    private static async Task<IResult> ExecutionsAsync(ApiCall call)
    {
        var perPage = call.Number("per_page", 20, 1, QueryReader.MaxLimit);
        var page = call.Number("page", 1, 1, MaxReach / perPage);
        call.ThrowFaults();
        var query = new ExecutionQuery();
        if (call.Query("job_id") is { } id)
        {
            if (await call.Doors.ScheduleIds.FindAsync(id, call.Aborted) is not { } schedule)
            {
                return Problem.NotFound("job");
            }

            query = query with { Schedule = schedule.Name };
        }

        var found = await ReachAsync(call, query, (page - 1) * perPage, perPage + 1);
        var ids = new Dictionary<string, string?>(StringComparer.Ordinal);
        var executions = new List<CompatExecution>();
        foreach (var execution in found.Take(perPage))
        {
            executions.Add(Of(execution, await IdAsync(call, execution.Schedule, ids)));
        }

        return Results.Json(new CompatExecutions(executions, page, perPage, found.Count > perPage), CompatJson.Wire.CompatExecutions);
    }

    // The store goes on after a place, not by number: earlier pages are read and passed over.
    private static async Task<IReadOnlyList<Execution>> ReachAsync(ApiCall call, ExecutionQuery query, int skip, int take)
    {
        var all = new List<Execution>();
        IReadOnlyList<Execution> part;
        do
        {
            var after = all.Count == 0 ? ((DateTimeOffset?, Guid, long)?)null : (all[^1].FinishedAt, all[^1].Job, all[^1].Token);
            part = await call.Doors.Jobs.ListExecutionsAsync(query with { After = after, Limit = QueryReader.MaxLimit }, call.Aborted);
            all.AddRange(part);
        }
        while (part.Count == QueryReader.MaxLimit && all.Count < skip + take);
        return [.. all.Skip(skip).Take(take)];
    }

    private static async Task<string?> IdAsync(ApiCall call, string? schedule, Dictionary<string, string?> known)
    {
        if (schedule is null)
        {
            return null;
        }

        if (!known.TryGetValue(schedule, out var id))
        {
            known[schedule] = id = (await call.Doors.Schedules.GetAsync(schedule, call.Aborted))?.Id.ToString();
        }

        return id;
    }

    private static CompatExecution Of(Execution execution, string? schedule) => new(
        $"{execution.Job}:{execution.Token}", schedule ?? execution.Job.ToString(), execution.Schedule, execution.Handler, StatusOf(execution.State), execution.State,
        execution.StartedAt, execution.FinishedAt, ExecutionView.DurationOf(execution), execution.Attempt, execution.Node, execution.Error);

    private static string StatusOf(string state) => state switch
    {
        "succeeded" => "success",
        "retry" or "dead" or "owner lost" => "failed",
        _ => state,
    };
}
