using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Jobs: look, wait, cancel, retry. Enqueuing stands in <see cref="EnqueueEndpoints"/>, histories in <see cref="HistoryEndpoints"/>.</summary>
internal static class JobEndpoints
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/jobs", Role.Viewer, ListAsync, "Jobs, newest first.") with
        {
            Answer = ApiJson.Wire.PageJobView,
            Query =
            [
                new("state", "pending, running, waiting, succeeded, dead or cancelled; several separated by commas"), new("queue", "of this queue"),
                new("group", "of this group, in whichever queue"),
                new("handler", "of this handler"), new("schedule", "made by this schedule"), new("from", "created at or after this instant"),
                new("to", "created before this instant"), .. QueryReader.Paging,
            ],
        },
        ApiRoute.Get("/api/v1/jobs/{id}", Role.Viewer, GetAsync, "One job.") with { Answer = ApiJson.Wire.JobView },
        ApiRoute.Get("/api/v1/jobs/{id}/wait", Role.Viewer, WaitAsync, "The job once it has ended, or as it stands when the time-out is over.") with
        {
            Answer = ApiJson.Wire.JobView, Query = [new("timeout", "how long to wait at most, up to 60s; 30s by default")],
        },
        ApiRoute.Post("/api/v1/jobs/{id}/cancel", Role.Operator, CancelAsync, "Cancels a waiting job (200); asks a running one to stop (202).") with { Answer = ApiJson.Wire.JobView },
        ApiRoute.Post("/api/v1/jobs/{id}/retry", Role.Operator, RetryAsync, "Makes a dead or cancelled job, or one that waits for its next attempt, due now.") with { Answer = ApiJson.Wire.JobView },
    ];

    /// <summary>The job in full, with what it waits for.</summary>
    public static async Task<JobView> ViewAsync(ApiCall call, Job job) =>
        JobView.Of(job, (await call.Doors.Insights.ReadWaitsAsync([job], call.Aborted)).GetValueOrDefault(job.Id));

    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var filter = Filter(call);
        var limit = call.Limit();
        var place = await call.PlaceAsync();
        var (jobs, next) = await Paging.ReadAsync(limit, place, (before, count) => call.Doors.Jobs.ListAsync(
            new JobQuery { Filter = filter, Before = before is null ? null : Guid.Parse(before), Limit = count }, call.Aborted), job => job.Id.ToString());
        var waits = await call.Doors.Insights.ReadWaitsAsync(jobs, call.Aborted);
        return await call.PageAsync([.. jobs.Select(job => JobView.Of(job, waits.GetValueOrDefault(job.Id)))], next, ApiJson.Wire.PageJobView);
    }

    private static JobFilter Filter(ApiCall call) => new()
    {
        States = States(call),
        Queue = call.Query("queue"),
        Group = call.Query("group"),
        Handler = call.Query("handler"),
        Schedule = call.Query("schedule"),
        From = call.Instant("from"),
        To = call.Instant("to"),
    };

    private static List<JobState>? States(ApiCall call)
    {
        if (call.Query("state") is not { } text)
        {
            return null;
        }

        var states = new List<JobState>();
        foreach (var name in text.Split(','))
        {
            if (Names.TryParse<JobState>(name, out var state))
            {
                states.Add(state);
            }
            else
            {
                call.Refuse("state", name, Names.Expected<JobState>(name));
            }
        }

        return states;
    }

    private static async Task<IResult> GetAsync(ApiCall call) =>
        call.PathId() is { } id && await call.Doors.Jobs.GetAsync(id, call.Aborted) is { } job
            ? Results.Json(await ViewAsync(call, job), ApiJson.Wire.JobView)
            : Problem.NotFound("job");

    private static async Task<IResult> WaitAsync(ApiCall call)
    {
        var timeout = call.Duration("timeout", UsualWait, LongestWait);
        call.ThrowFaults();
        return call.PathId() is { } id && await call.Doors.Jobs.WaitAsync(id, timeout, call.Aborted) is { } job
            ? Results.Json(await ViewAsync(call, job), ApiJson.Wire.JobView)
            : Problem.NotFound("job");
    }

    private static Task<IResult> CancelAsync(ApiCall call) => ChangeAsync(
        call, filter => call.Doors.Jobs.CancelAsync(filter, call.Act("job.cancel"), cancellationToken: call.Aborted),
        job => job.CancelReason is not null && !job.IsEnded ? null : $"The job has ended as {Names.Of(job.State)} already; there is nothing to cancel.");

    private static Task<IResult> RetryAsync(ApiCall call) => ChangeAsync(
        call, filter => call.Doors.Jobs.RetryAsync(filter, call.Act("job.retry"), cancellationToken: call.Aborted),
        job => job.IsEnded && job.State != JobState.Succeeded
            ? $"Another live job has the key '{job.Key}'; wait for its end or cancel it first."
            : $"The job is {Names.Of(job.State)}{(job.State == JobState.Pending ? " and due already" : "")}; only a dead or cancelled job, or one that waits for its next attempt, can be retried.");

    private static async Task<IResult> ChangeAsync(ApiCall call, Func<JobFilter, Task<IReadOnlyList<Guid>>> change, Func<Job, string?> refuse)
    {
        if (call.PathId() is not { } id)
        {
            return Problem.NotFound("job");
        }

        var changed = await change(new JobFilter { Ids = [id] });
        if (await call.Doors.Jobs.GetAsync(id, call.Aborted) is not { } job)
        {
            return Problem.NotFound("job");
        }

        return changed.Count == 0 && refuse(job) is { } reason
            ? Problem.Of(StatusCodes.Status409Conflict, reason)
            : Results.Json(await ViewAsync(call, job), ApiJson.Wire.JobView, statusCode: job is { State: JobState.Running, CancelReason: not null } ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }
}
