using Carillon.Access;
using Carillon.AspNetCore.Access;
using Carillon.AspNetCore.Compatibility;
using Carillon.AspNetCore.Metrics;
using Carillon.AspNetCore.Routing;
using Carillon.Cluster;
using Carillon.Hosting;
using Carillon.Insights;
using Carillon.Jobs;
using Carillon.Locks;
using Carillon.Scheduling;

namespace Carillon.AspNetCore;

/// <summary>What the endpoints of one Carillon may reach: the rooms' doors, and what guards them.</summary>
internal sealed record Doors
{
    public required JobClient Jobs { get; init; }

    public required ScheduleClient Schedules { get; init; }

    public required CalendarClient Calendars { get; init; }

    public required QueueClient Queues { get; init; }

    public required ClusterReader Cluster { get; init; }

    public required NodeClient Nodes { get; init; }

    public required LockClient Locks { get; init; }

    /// <summary>What the answering node tells about itself.</summary>
    public required NodeManifest Self { get; init; }

    public required KeyClient Keys { get; init; }

    public required InsightReader Insights { get; init; }

    public required ScheduleIds ScheduleIds { get; init; }

    public required HandlerList Handlers { get; init; }

    public required CursorSeal Cursors { get; init; }

    public required MetricListener Metrics { get; init; }

    public required Gate Gate { get; init; }

    public required ClusterClock Clock { get; init; }

    public required CarillonApiOptions Options { get; init; }

    /// <summary>The routes that are mapped.</summary>
    public required IReadOnlyList<ApiRoute> Routes { get; init; }

    /// <summary>True once the store is open and while this node holds its lease.</summary>
    public required Func<bool> IsWorking { get; init; }

    public static Doors Of(CarillonInstance instance, CarillonApiOptions options, MetricListener metrics, IReadOnlyList<ApiRoute> routes)
    {
        var (store, clock) = (instance.Store, instance.Clock);
        var keys = new KeyClient(store, clock, instance.Ids);
        return new Doors
        {
            Jobs = instance.Jobs,
            Schedules = instance.Schedules,
            Calendars = instance.Calendars,
            Queues = instance.Queues,
            Cluster = instance.Cluster,
            Nodes = instance.Nodes,
            Locks = instance.Locks,
            Self = EngineHost.ManifestOf(instance, instance.Engine),
            Keys = keys,
            Insights = new InsightReader(store, clock),
            ScheduleIds = new ScheduleIds(instance.Schedules),
            Handlers = new HandlerList(instance.Cluster, clock),
            Cursors = new CursorSeal(store, clock),
            Gate = new Gate(store, new KeyRing(store, clock, keys), clock, options),
            Clock = clock,
            Options = options,
            Metrics = metrics,
            Routes = routes,
            IsWorking = () => instance is { IsOpen: true, IsWorking: true },
        };
    }
}
