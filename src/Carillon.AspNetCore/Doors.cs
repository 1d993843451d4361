using Carillon.Access;
using Carillon.AspNetCore.Access;
using Carillon.Cluster;
using Carillon.Insights;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.AspNetCore;

/// <summary>What the endpoints of one Carillon may reach: the rooms' doors, and what guards them.</summary>
internal sealed record Doors
{
    public required JobClient Jobs { get; init; }

    public required QueueClient Queues { get; init; }

    public required ClusterReader Cluster { get; init; }

    public required KeyClient Keys { get; init; }

    public required InsightReader Insights { get; init; }

    public required HandlerList Handlers { get; init; }

    public required CursorSeal Cursors { get; init; }

    public required Gate Gate { get; init; }

    public required TimeProvider Clock { get; init; }

    public required CarillonApiOptions Options { get; init; }

    /// <summary>False while this node has lost its lease; true for one that does not work at all.</summary>
    public Func<bool> IsNodeHeld { get; init; } = static () => true;

    public static Doors Of(IStore store, TimeProvider clock, JobIds ids, JobClient jobs, ClusterReader cluster, CarillonApiOptions options)
    {
        var keys = new KeyClient(store, clock, ids);
        return new Doors
        {
            Jobs = jobs, Queues = new QueueClient(store, clock), Cluster = cluster, Keys = keys, Insights = new InsightReader(store, clock),
            Handlers = new HandlerList(cluster, clock), Cursors = new CursorSeal(store, clock),
            Gate = new Gate(store, new KeyRing(store, clock, keys), clock, options), Clock = clock, Options = options,
        };
    }
}
