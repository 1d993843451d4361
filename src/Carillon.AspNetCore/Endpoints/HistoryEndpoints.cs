using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>What happened to a job: its journal, and the lines its handler logged.</summary>
internal static class HistoryEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/jobs/{id}/journal", Role.Viewer, JournalAsync, "Failed attempts, acts of people, logs: in order.") with
        {
            Answer = ApiJson.Wire.PageJournalView, Query = QueryReader.Paging,
        },
        ApiRoute.Get("/api/v1/jobs/{id}/log", Role.Viewer, LogAsync, "The lines that the job's attempts logged, in order; those of a running attempt come with each heartbeat.") with
        {
            Answer = ApiJson.Wire.PageLogLineView, Query = QueryReader.Paging,
        },
    ];

    private static async Task<IResult> JournalAsync(ApiCall call)
    {
        var limit = call.Limit();
        var place = await call.PlaceAsync();
        if (await FindAsync(call) is not { } subject)
        {
            return Problem.NotFound("job");
        }

        var (entries, next) = await Paging.ReadAsync(limit, place, (after, count) => call.Doors.Jobs.ReadJournalAsync(
            new JournalQuery { Subject = subject, After = after is null ? null : Paging.Number(after), Limit = count }, call.Aborted), entry => Paging.Text(entry.Sequence));
        return await call.PageAsync([.. entries.Select(JournalView.Of)], next, ApiJson.Wire.PageJournalView);
    }

    private static async Task<IResult> LogAsync(ApiCall call)
    {
        var limit = call.Limit();
        var place = await call.PlaceAsync();
        if (await FindAsync(call) is not { } subject)
        {
            return Problem.NotFound("job");
        }

        var lines = await LogPage.ReadAsync(
            after => call.Doors.Jobs.ReadJournalAsync(new JournalQuery { Subject = subject, Kinds = [JournalKinds.Log], After = after, Limit = 10 }, call.Aborted), place, limit);
        return await call.PageAsync(lines.Items, lines.Next, ApiJson.Wire.PageLogLineView);
    }

    private static async Task<Subject?> FindAsync(ApiCall call) =>
        call.PathId() is { } id && await call.Doors.Jobs.GetAsync(id, call.Aborted) is not null ? Subject.Of(id) : null;
}
