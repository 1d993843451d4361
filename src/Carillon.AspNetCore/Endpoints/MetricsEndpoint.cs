using System.Text;
using Carillon.Access;
using Carillon.AspNetCore.Metrics;
using Carillon.AspNetCore.Routing;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>What Prometheus scrapes. The names are listed in <c>docs/metrics.md</c>.</summary>
internal static class MetricsEndpoint
{
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/metrics", Role.Viewer, ScrapeAsync, "Metrics in the Prometheus text format.") with { IsLenient = true },
    ];

    private static async Task<IResult> ScrapeAsync(ApiCall call)
    {
        var text = new PrometheusText();
        foreach (var measured in call.Doors.Metrics.Collect())
        {
            text.Write(measured);
        }

        text.Write("carillon_build_info", "gauge", "The program's version; always 1.", (PrometheusText.Labels(("version", EngineHost.Version)), 1));
        text.Write("carillon_store_up", "gauge", "1 while the store answers.", ("", await WriteStoreAsync(call, text) ? 1 : 0));
        ProcessMetrics.Write(text);
        return Results.Text(text.ToString(), PrometheusText.ContentType, Encoding.UTF8);
    }

    // A store that is away must not blind the scrape: the rest is what tells why.
    private static async Task<bool> WriteStoreAsync(ApiCall call, PrometheusText text)
    {
        try
        {
            var queues = await call.Doors.Queues.ListAsync(call.Aborted);
            var nodes = await call.Doors.Cluster.ListNodesAsync(call.Aborted);
            WriteQueues(text, queues, call.Doors.Clock.GetUtcNow());
            text.Write("carillon_nodes", "gauge", "Live nodes.", ("", nodes.Count));
            text.Write("carillon_leader", "gauge", "1 on the node that is shown as leader.", ("", nodes.Any(node => node.IsLeader && node.Manifest.Node == call.Doors.Cluster.Node) ? 1 : 0));
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static void WriteQueues(PrometheusText text, IReadOnlyList<QueueView> queues, DateTimeOffset now)
    {
        text.Write("carillon_queue_depth", "gauge", "Live jobs, by queue and state.", queues.SelectMany(Depths));
        text.Write(
            "carillon_queue_oldest_due_seconds", "gauge", "How long the longest waiting due job has waited.",
            queues.Select(queue => (Queue(queue), queue.OldestRunAt < now ? (now - queue.OldestRunAt.Value).TotalSeconds : 0)));
        text.Write("carillon_queue_paused", "gauge", "1 while the queue is paused.", queues.Select(queue => (Queue(queue), queue.Settings.IsPaused ? 1.0 : 0)));
    }

    private static IEnumerable<(string Labels, double Value)> Depths(QueueView queue) =>
    [
        (Of(queue, "pending"), queue.Pending), (Of(queue, "running"), queue.Running), (Of(queue, "waiting"), queue.Waiting), (Of(queue, "dead"), queue.Dead),
    ];

    private static string Of(QueueView queue, string state) => PrometheusText.Labels(("messaging_destination_name", queue.Name), ("state", state));

    private static string Queue(QueueView queue) => PrometheusText.Labels(("messaging_destination_name", queue.Name));
}
