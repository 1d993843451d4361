using Carillon.Access;
using Carillon.AspNetCore.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.Outputs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Compatibility;

/// <summary>Schedules under the older API's paths, where they are called jobs.</summary>
internal static class CompatJobEndpoints
{
    private const string Base = "/api/v1/scheduler/jobs";
    private const int MaxListed = 10_000;

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        Older(ApiRoute.Get(Base, Role.Viewer, ListAsync, "Schedules in the older shape, at most 10,000.") with { Answer = CompatJson.Wire.CompatJobs }),
        Older(ApiRoute.Post(Base, Role.Admin, CreateAsync, "Makes a schedule from either older shape.") with { Body = CompatJson.Wire.CompatJob, Answer = CompatJson.Wire.CompatJob, Status = StatusCodes.Status201Created }),
        Older(ApiRoute.Get(Base + "/{id}", Role.Viewer, GetAsync, "One schedule in the older shape.") with { Answer = CompatJson.Wire.CompatJob }),
        Older(ApiRoute.Put(Base + "/{id}", Role.Admin, UpdateAsync, "Changes what the body names; what it leaves out stays.") with { Body = CompatJson.Wire.CompatJob, Answer = CompatJson.Wire.CompatJob }),
        Older(ApiRoute.Delete(Base + "/{id}", Role.Admin, RemoveAsync, "Removes a schedule.") with { Status = StatusCodes.Status204NoContent }),
        Older(ApiRoute.Post(Base + "/{id}/enable", Role.Operator, EnableAsync, "Resumes a schedule.") with { Answer = CompatJson.Wire.CompatJob }),
        Older(ApiRoute.Post(Base + "/{id}/disable", Role.Operator, DisableAsync, "Pauses a schedule.") with { Answer = CompatJson.Wire.CompatJob }),
        Older(ApiRoute.Post(Base + "/{id}/trigger", Role.Operator, TriggerAsync, "Runs a schedule now.") with { Answer = CompatJson.Wire.CompatTriggered }),
    ];

    /// <summary>Makes a schedule; the native path calls it too when the body has an older shape.</summary>
    public static async Task<IResult> CreateAsync(ApiCall call, CompatJob body) =>
        await PutAsync(call, body, null) is var (refusal, schedule) && schedule is null
            ? refusal!
            : Created(call, schedule!);

    private static ApiRoute Older(ApiRoute route) => route with { IsLenient = true };

    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var jobs = new List<CompatJob>();
        IReadOnlyList<Schedule> page;
        do
        {
            page = await call.Doors.Schedules.ListAsync(new ScheduleQuery { After = jobs.Count == 0 ? null : jobs[^1].Name, Limit = QueryReader.MaxLimit }, call.Aborted);
            foreach (var schedule in page)
            {
                call.Doors.ScheduleIds.Remember(schedule);
                jobs.Add(CompatShape.Of(schedule));
            }
        }
        while (page.Count == QueryReader.MaxLimit && jobs.Count < MaxListed);
        return Results.Json(new CompatJobs(jobs), CompatJson.Wire.CompatJobs);
    }

    private static async Task<IResult> CreateAsync(ApiCall call) => await CreateAsync(call, await call.ReadAsync(CompatJson.Wire.CompatJob));

    private static async Task<IResult> GetAsync(ApiCall call) => Answer(await FindAsync(call));

    private static async Task<IResult> UpdateAsync(ApiCall call)
    {
        var body = await call.ReadAsync(CompatJson.Wire.CompatJob);
        if (await FindAsync(call) is not { } before)
        {
            return Missing;
        }

        var (refusal, schedule) = await PutAsync(call, body, before);
        return refusal ?? Answer(schedule);
    }

    private static async Task<(IResult? Refusal, Schedule? Schedule)> PutAsync(ApiCall call, CompatJob body, Schedule? before)
    {
        var faults = new List<Fault>();
        var request = CompatShape.ToRequest(body, before, faults);
        _ = OutputSpec.TryParse(request.Output, out _, out var outputs);
        faults.AddRange(outputs);
        if (faults.Count > 0)
        {
            throw new InvalidRequestException([.. faults.Select(Renamed)]);
        }

        if (await PrivilegeRule.RefuseAsync(call, [request.Handler]) is { } forbidden)
        {
            return (forbidden, null);
        }

        try
        {
            var result = await call.Doors.Schedules.PutAsync(request, call.Act("schedule.put"), before is null ? PutCondition.MustBeNew : PutCondition.MustExist, call.Aborted);
            return result.Status == PutStatus.Refused
                ? (before is null ? Problem.Of(StatusCodes.Status409Conflict, $"There is a job named '{request.Name}' already.") : Missing, null)
                : (null, result.Schedule);
        }
        catch (InvalidRequestException error)
        {
            throw new InvalidRequestException([.. error.Faults.Select(Renamed)]);
        }
    }

    // The rules speak of native members; the caller wrote others.
    private static Fault Renamed(Fault fault) => fault with
    {
        Field = fault.Field switch
        {
            "handler" => "task_function_name",
            "cron" or "every" or "at" => "schedule_config",
            "args" => "task_args",
            "zone" => "timezone",
            _ when fault.Field.StartsWith("output", StringComparison.Ordinal) && !fault.Field.StartsWith("output_", StringComparison.Ordinal) => "output_destinations" + fault.Field["output".Length..],
            _ => fault.Field,
        },
    };

    private static IResult Created(ApiCall call, Schedule schedule)
    {
        call.Doors.ScheduleIds.Remember(schedule);
        call.Http.Response.Headers.Location = call.Link($"{Base}/{schedule.Id}");
        return Results.Json(CompatShape.Of(schedule), CompatJson.Wire.CompatJob, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RemoveAsync(ApiCall call) =>
        await FindAsync(call) is { } schedule && await call.Doors.Schedules.RemoveAsync(schedule.Name, call.Act("schedule.remove"), call.Aborted) ? Results.NoContent() : Missing;

    private static async Task<IResult> EnableAsync(ApiCall call) =>
        Answer(await FindAsync(call) is { } schedule ? await call.Doors.Schedules.ResumeAsync(schedule.Name, call.Act("schedule.resume"), call.Aborted) : null);

    private static async Task<IResult> DisableAsync(ApiCall call) =>
        Answer(await FindAsync(call) is { } schedule ? await call.Doors.Schedules.PauseAsync(schedule.Name, "disabled", call.Act("schedule.pause"), call.Aborted) : null);

    private static async Task<IResult> TriggerAsync(ApiCall call) =>
        await FindAsync(call) is { } schedule && await call.Doors.Schedules.TriggerAsync(schedule.Name, call.Act("schedule.trigger"), call.Aborted) is { } job
            ? Results.Json(new CompatTriggered(schedule.Id.ToString(), job.ToString(), "queued", $"Job '{schedule.Name}' was triggered."), CompatJson.Wire.CompatTriggered)
            : Missing;

    private static Task<Schedule?> FindAsync(ApiCall call) => call.Doors.ScheduleIds.FindAsync(call.Path("id"), call.Aborted);

    private static IResult Answer(Schedule? schedule) => schedule is null ? Missing : Results.Json(CompatShape.Of(schedule), CompatJson.Wire.CompatJob);

    private static IResult Missing => Problem.NotFound("job");
}
