using System.Text.Json;
using Carillon.Access;
using Carillon.AspNetCore.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Accepts jobs, one or many.</summary>
internal static class EnqueueEndpoints
{
    private const string IdempotencyHeader = "Idempotency-Key";
    private const int MaxIdempotencyKey = 180;
    private static readonly TimeSpan IdempotencyHold = TimeSpan.FromHours(24);

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Post("/api/v1/jobs", Role.Operator, EnqueueAsync, "Accepts a job (201), or answers with the one that has its key (200).") with
        {
            Body = ApiJson.Wire.JobBody, Answer = ApiJson.Wire.JobView, Status = StatusCodes.Status201Created, TakesIdempotencyKey = true,
        },
        ApiRoute.Post("/api/v1/jobs/bulk", Role.Operator, EnqueueManyAsync, "Accepts at most 1,000 jobs, all or none.") with
        {
            Body = ApiJson.Wire.BulkBody, Answer = ApiJson.Wire.BulkAnswer, Status = StatusCodes.Status201Created, TakesIdempotencyKey = true,
        },
    ];

    private static async Task<IResult> EnqueueAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.JobBody);
        var key = IdempotencyKey(call, [body]);
        var request = key is null ? body.ToRequest() : body.ToRequest() with { Key = key, KeyHold = IdempotencyHold };
        if (await PrivilegeRule.RefuseAsync(call, [request.Handler]) is { } refusal)
        {
            return refusal;
        }

        var receipt = (await call.Doors.Jobs.EnqueueAsync([request], call.Act("job.enqueue"), call.Aborted))[0];
        return await call.Doors.Jobs.GetAsync(receipt.Id, call.Aborted) is { } job
            ? await AnswerAsync(call, job, receipt.Status, key is null ? null : request)
            : Problem.Of(StatusCodes.Status409Conflict, "The job was accepted and removed again before it could be read.");
    }

    private static async Task<IResult> AnswerAsync(ApiCall call, Job job, EnqueueStatus status, JobRequest? repeated)
    {
        // A key stands for one request: another one under it is a caller's mistake that must not pass in silence.
        if (status == EnqueueStatus.Existing && repeated is not null && (job.Handler != repeated.Handler || !job.Args.AsSpan().SequenceEqual(repeated.Args)))
        {
            return Problem.Of(StatusCodes.Status422UnprocessableEntity, $"This {IdempotencyHeader} was used for another request (job {job.Id}); use a new one for a new request.");
        }

        call.Http.Response.Headers.Location = call.Link($"/api/v1/jobs/{job.Id}");
        return Results.Json(await JobEndpoints.ViewAsync(call, job), ApiJson.Wire.JobView, statusCode: StatusOf([status]));
    }

    private static async Task<IResult> EnqueueManyAsync(ApiCall call)
    {
        using var document = await BodyReader.ReadDocumentAsync(call.Http, call.Doors.Options.MaxBodyBytes);
        var bodies = Bind(document.RootElement);
        var key = IdempotencyKey(call, bodies);
        List<JobRequest> requests = [.. bodies.Select((body, index) => key is null ? body.ToRequest() : body.ToRequest() with { Key = $"{key}:{index}", KeyHold = IdempotencyHold })];
        if (await PrivilegeRule.RefuseAsync(call, requests.Select(request => request.Handler)) is { } refusal)
        {
            return refusal;
        }

        var receipts = await call.Doors.Jobs.EnqueueAsync(requests, call.Act("job.enqueue"), call.Aborted);
        return Results.Json(
            new BulkAnswer([.. receipts.Select(receipt => new BulkItem(receipt.Id, receipt.Status))]), ApiJson.Wire.BulkAnswer,
            statusCode: StatusOf([.. receipts.Select(receipt => receipt.Status)]));
    }

    // {"jobs":[…]} or the list alone. The number is looked at before the items are: a million must cost nothing.
    private static IReadOnlyList<JobBody> Bind(JsonElement root)
    {
        var list = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("jobs", out var jobs) ? jobs : root;
        if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() is 0 or > JobRules.MaxBatch)
        {
            throw new InvalidRequestException([new Fault("jobs", $"{list.GetArrayLength()} items", $"must have 1 to {JobRules.MaxBatch} items; send more in several calls")]);
        }

        return root.ValueKind == JsonValueKind.Array
            ? BodyReader.Bind(root, ApiJson.Wire.IReadOnlyListJobBody, "jobs")
            : BodyReader.Bind(root, ApiJson.Wire.BulkBody, "").Jobs ?? throw new InvalidRequestException([new Fault("jobs", null, "is required: a list of jobs")]);
    }

    private static string? IdempotencyKey(ApiCall call, IReadOnlyList<JobBody> bodies)
    {
        if (!call.Http.Request.Headers.TryGetValue(IdempotencyHeader, out var values))
        {
            return null;
        }

        var key = values.ToString();
        if (values.Count != 1 || key.Length is 0 or > MaxIdempotencyKey)
        {
            call.Refuse(IdempotencyHeader, null, $"must be given once, with 1 to {MaxIdempotencyKey} characters");
        }

        if (bodies.Any(body => body.Key is not null || body.KeyHold is not null || body.OnConflict is not null))
        {
            call.Refuse("key", bodies.FirstOrDefault(body => body.Key is not null)?.Key, $"cannot be given together with the header {IdempotencyHeader} (nor can keyHold and onConflict); keep one of them");
        }

        call.ThrowFaults();
        return $"idem:{key}";
    }

    private static int StatusOf(IReadOnlyList<EnqueueStatus> statuses) =>
        statuses.Any(status => status != EnqueueStatus.Existing) ? StatusCodes.Status201Created : StatusCodes.Status200OK;
}
