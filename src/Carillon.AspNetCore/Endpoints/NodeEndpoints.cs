using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Language;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>Live nodes: look at them, take one out of work, put it back.</summary>
internal static class NodeEndpoints
{
    private const int MostNamed = 10;

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/api/v1/nodes", Role.Viewer, ListAsync, "Live nodes, by name.") with { Answer = ApiJson.Wire.PageNodeAnswer, Query = QueryReader.Paging },
        ApiRoute.Get("/api/v1/nodes/{name}", Role.Viewer, GetAsync, "One live node.") with { Answer = ApiJson.Wire.NodeAnswer },
        ApiRoute.Post("/api/v1/nodes/{name}/drain", Role.Admin, DrainAsync, "Takes the node out of work: no new job from now on, running ones end or are handed over; with exit its process then ends.") with
        {
            Body = ApiJson.Wire.DrainBody, Answer = ApiJson.Wire.NodeAnswer, Status = StatusCodes.Status202Accepted,
        },
        ApiRoute.Post("/api/v1/nodes/{name}/resume", Role.Admin, ResumeAsync, "Puts a drained node back to work.") with { Answer = ApiJson.Wire.NodeAnswer, Status = StatusCodes.Status202Accepted },
    ];

    private static async Task<IResult> ListAsync(ApiCall call) => await call.PageOfAllAsync(
        [.. (await call.Doors.Cluster.ListNodesAsync(call.Aborted)).Select(NodeAnswer.Of)], node => node.Name, ApiJson.Wire.PageNodeAnswer);

    private static Task<IResult> GetAsync(ApiCall call) => AnswerAsync(call, StatusCodes.Status200OK);

    private static async Task<IResult> DrainAsync(ApiCall call)
    {
        var request = DrainBody.ToRequest(await call.ReadOptionalAsync(ApiJson.Wire.DrainBody));
        await call.Doors.Nodes.DrainAsync(call.Name(), request, call.Act("node.drain"), call.Aborted);
        return await AnswerAsync(call, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ResumeAsync(ApiCall call)
    {
        await call.Doors.Nodes.ResumeAsync(call.Name(), call.Act("node.resume"), call.Aborted);
        return await AnswerAsync(call, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> AnswerAsync(ApiCall call, int status)
    {
        var nodes = await call.Doors.Cluster.ListNodesAsync(call.Aborted);
        return nodes.FirstOrDefault(node => node.Manifest.Node == call.Name()) is { } found
            ? Results.Json(NodeAnswer.Of(found), ApiJson.Wire.NodeAnswer, statusCode: status)
            : Problem.Of(StatusCodes.Status404NotFound, Unknown(call.Name(), [.. nodes.Select(node => node.Manifest.Node)]));
    }

    private static string Unknown(string name, IReadOnlyList<string> live)
    {
        var meant = Spelling.Nearest(name, live) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        var rest = live.Count > MostNamed ? $" and {live.Count - MostNamed} more" : "";
        return live.Count == 0 ? $"No live node is named '{name}'; no node lives." : $"No live node is named '{name}'; there are {string.Join(", ", live.Take(MostNamed))}{rest}.{meant}";
    }
}
