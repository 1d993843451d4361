using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Queues. One exists as soon as a job or a setting names it, so any name can be paused ahead of its first job.</summary>
internal static class QueueEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/queues", Role.Viewer, ListAsync, "Queues that have live jobs or settings, by name.") with { Answer = ApiJson.Wire.PageQueueAnswer, Query = QueryReader.Paging },
        ApiRoute.Get("/api/v1/queues/{name}", Role.Viewer, GetAsync, "One queue.") with { Answer = ApiJson.Wire.QueueAnswer },
        ApiRoute.Post("/api/v1/queues/{name}/pause", Role.Operator, PauseAsync, "Begins none of its jobs from now on; running ones go on.") with { Body = ApiJson.Wire.ReasonBody, Answer = ApiJson.Wire.QueueAnswer },
        ApiRoute.Post("/api/v1/queues/{name}/resume", Role.Operator, ResumeAsync, "Begins its jobs again, at once.") with { Answer = ApiJson.Wire.QueueAnswer },
        ApiRoute.Post("/api/v1/queues/{name}/limit", Role.Admin, LimitAsync, "How many of its jobs may run at once in the whole cluster; null for no limit.") with
        {
            Body = ApiJson.Wire.LimitBody, Answer = ApiJson.Wire.QueueAnswer,
        },
        ApiRoute.Post("/api/v1/queues/{name}/rate", Role.Admin, RateAsync, "How often its jobs may begin, or with perGroup those of each of its groups; null for no limit.") with
        {
            Body = ApiJson.Wire.RateBody, Answer = ApiJson.Wire.QueueAnswer,
        },
        ApiRoute.Post("/api/v1/queues/{name}/fair", Role.Admin, FairAsync, "Whether its groups take turns.") with { Body = ApiJson.Wire.FairBody, Answer = ApiJson.Wire.QueueAnswer },
    ];

    private static async Task<IResult> ListAsync(ApiCall call) => await call.PageOfAllAsync(
        [.. (await call.Doors.Queues.ListAsync(call.Aborted)).Select(QueueAnswer.Of)], queue => queue.Name, ApiJson.Wire.PageQueueAnswer);

    private static async Task<IResult> GetAsync(ApiCall call)
    {
        var name = call.Name();
        return (await call.Doors.Queues.ListAsync(call.Aborted)).FirstOrDefault(queue => queue.Name == name) is { } found
            ? Results.Json(QueueAnswer.Of(found), ApiJson.Wire.QueueAnswer)
            : Problem.NotFound("queue (none has a live job or a setting under this name)");
    }

    private static async Task<IResult> PauseAsync(ApiCall call)
    {
        var reason = ReasonBody.Of(await call.ReadOptionalAsync(ApiJson.Wire.ReasonBody));
        await call.Doors.Queues.PauseAsync(call.Name(), reason, call.Act("queue.pause"), call.Aborted);
        return await GetAsync(call);
    }

    private static async Task<IResult> ResumeAsync(ApiCall call)
    {
        await call.Doors.Queues.ResumeAsync(call.Name(), call.Act("queue.resume"), call.Aborted);
        return await GetAsync(call);
    }

    private static async Task<IResult> LimitAsync(ApiCall call)
    {
        var limit = (await call.ReadAsync(ApiJson.Wire.LimitBody)).MaxConcurrent;
        await call.Doors.Queues.LimitAsync(call.Name(), limit, call.Act("queue.limit"), call.Aborted);
        return await GetAsync(call);
    }

    private static async Task<IResult> RateAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.RateBody);
        await call.Doors.Queues.LimitAsync(
            call.Name(), limits => body.PerGroup == true ? limits with { MaxRatePerGroup = body.Rate } : limits with { MaxRate = body.Rate }, call.Act("queue.rate"), call.Aborted);
        return await GetAsync(call);
    }

    private static async Task<IResult> FairAsync(ApiCall call)
    {
        var isFair = (await call.ReadAsync(ApiJson.Wire.FairBody)).Fair;
        if (isFair is null)
        {
            call.Refuse("fair", null, "is required: true or false");
            call.ThrowFaults();
        }

        await call.Doors.Queues.LimitAsync(call.Name(), limits => limits with { IsFair = isFair == true }, call.Act("queue.fair"), call.Aborted);
        return await GetAsync(call);
    }
}
