using Carillon.Cluster;
using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Hosting;

/// <summary>The steps of one node over one store, put together: whoever turns them (threads, a test, a simulation) gets the same engine.</summary>
internal sealed class EngineNode
{
    public EngineNode(IStore store, NodeParts parts, EngineOptions options, NodeManifest manifest)
    {
        var (clock, loggers) = (parts.Clock, parts.Loggers);
        Store = store;
        Finishes = new FinishStep(store, clock, loggers.CreateLogger<FinishStep>());
        Lease = new NodeLease(store, clock, manifest, options.LeaseDuration, loggers.CreateLogger<NodeLease>());
        Leadership = new Leadership(store, clock, options.Node, options.LeaseDuration, loggers.CreateLogger<Leadership>());
        var runner = new JobRunner(parts.Handlers, parts.Services with { Join = store.JoinAsync }, options, parts.Chance, loggers);
        var work = new WorkerParts(runner, Running, Finishes, parts.Handlers, clock) { Launch = parts.Launch };
        Worker = new Worker(store, Lease, work, options, loggers.CreateLogger<Worker>());
        Drain = new DrainStep(store, manifest, new DrainParts(Worker, Running, Finishes, clock, options.DrainTimeout) { Leave = parts.Leave }, loggers.CreateLogger<DrainStep>());
        var beat = new HeartbeatParts(Running, clock, options.HeartbeatInterval)
        {
            FollowClock = parts.FollowClock,
            StepClock = parts.StepClock,
            ClockStepped = parts.ClockStepped,
            Launch = parts.Launch,
            MayLead = () => options.Roles.HasFlag(NodeRoles.Scheduler) && !Drain.IsOut,
        };
        Heartbeat = new Heartbeat(store, Lease, Leadership, beat, loggers.CreateLogger<Heartbeat>());
        Janitor = new Janitor(store, clock, options.Retention, loggers.CreateLogger<Janitor>());
        var schedules = new ScheduleStep(store, clock, parts.Chance, parts.Ids, loggers.CreateLogger<ScheduleStep>());
        Schedules = new StepOf(stop => Drain.IsOut ? Task.FromResult<DateTimeOffset?>(null) : schedules.RunOnceAsync(stop));
        Lease.Asked += Drain.Ask;
        Lease.Lost += () => Running.StopAll(StopCause.ClaimLost);
    }

    public IStore Store { get; }

    public RunningJobs Running { get; } = new();

    public FinishStep Finishes { get; }

    public NodeLease Lease { get; }

    public Leadership Leadership { get; }

    public Heartbeat Heartbeat { get; }

    public Worker Worker { get; }

    public DrainStep Drain { get; }

    public Janitor Janitor { get; }

    public IStep Schedules { get; }

    /// <summary>Tells each duty when there is something for it; undone by disposing the answer.</summary>
    public IDisposable Wire(NodePulses pulses)
    {
        void OnSignal(StoreSignal signal) => Route(signal, pulses);
        Store.Signalled += OnSignal;
        Worker.SlotFreed += pulses.Worker;
        Lease.Held += pulses.Worker;
        Lease.Held += pulses.Janitor;
        Finishes.Added += pulses.Finishes;
        Drain.Asked += pulses.Drain;
        Drain.Resumed += pulses.Schedules;
        return new Wiring(() => Store.Signalled -= OnSignal);
    }

    private void Route(StoreSignal signal, NodePulses pulses)
    {
        if (signal.HasFlag(StoreSignal.Jobs))
        {
            pulses.Worker();
        }

        if (signal.HasFlag(StoreSignal.Schedules))
        {
            pulses.Schedules();
        }

        if ((signal & (StoreSignal.Cancels | StoreSignal.Nodes)) != StoreSignal.None)
        {
            Heartbeat.Ask();
            pulses.Heartbeat();
        }

        if (signal.HasFlag(StoreSignal.Expiries))
        {
            Janitor.Expect();
        }

        if ((signal & (StoreSignal.Expiries | StoreSignal.Nodes)) != StoreSignal.None)
        {
            pulses.Janitor();
        }
    }

    private sealed class Wiring(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }
}

/// <summary>What a node is made of besides its store.</summary>
internal sealed record NodeParts(HandlerRegistry Handlers, JobServices Services, TimeProvider Clock, Chance Chance, ILoggerFactory Loggers)
{
    public required JobIds Ids { get; init; }

    public Launch Launch { get; init; } = Launches.OnPool;

    public Func<TimeSpan> FollowClock { get; init; } = static () => TimeSpan.Zero;

    public Action<TimeSpan> StepClock { get; init; } = static _ => { };

    public Action ClockStepped { get; init; } = static () => { };

    /// <summary>Ends the process, orderly: a node that was asked to leave is drained.</summary>
    public Action Leave { get; init; } = static () => { };
}

/// <summary>How to wake each duty of a node.</summary>
internal sealed record NodePulses(Action Worker, Action Finishes, Action Schedules, Action Janitor, Action Heartbeat)
{
    public Action Drain { get; init; } = static () => { };
}
