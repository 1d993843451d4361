using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>What people did: the journal's acts, which were written in the same transaction as what they did.</summary>
internal static class AuditEndpoints
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/audit", Role.Viewer, ListAsync, "Who did what, newest first.") with
        {
            Answer = ApiJson.Wire.PageAuditView,
            Query = [new("subject", "about this, as KIND:ID, such as schedule:nightly or job:0199…; kinds are job, schedule, queue, node, key, setting"), .. QueryReader.Paging],
        },
    ];

    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var query = new JournalQuery { Subject = Subject(call), Kinds = [JournalKinds.Act], IsNewestFirst = true };
        var limit = call.Limit();
        var place = await call.PlaceAsync();
        var (entries, next) = await Paging.ReadAsync(
            limit, place, (after, count) => call.Doors.Jobs.ReadJournalAsync(query with { After = after is null ? null : Paging.Number(after), Limit = count }, call.Aborted),
            entry => Paging.Text(entry.Sequence));
        return await call.PageAsync([.. entries.Select(AuditView.Of)], next, ApiJson.Wire.PageAuditView);
    }

    private static Subject? Subject(ApiCall call)
    {
        if (call.Query("subject") is not { } text)
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && Names.TryParse<SubjectKind>(text[..colon], out var kind))
        {
            return new Subject(kind, text[(colon + 1)..]);
        }

        call.Refuse("subject", text, $"must be KIND:ID, such as schedule:nightly; KIND {Names.Expected<SubjectKind>(colon > 0 ? text[..colon] : text)}");
        return null;
    }
}
