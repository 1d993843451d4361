using Carillon.Cluster;
using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Simulation;

/// <summary>A node of the real parts: Worker, FinishStep, Heartbeat, and Janitor, each with the instant of its next turn.</summary>
internal sealed class SimulatedNode
{
    private readonly FaultyStore _store;
    private readonly Random _random;
    private readonly Worker _worker;
    private readonly Heartbeat _heartbeat;

    public SimulatedNode(string name, World world, FaultyStore store, HandlerRegistry handlers)
    {
        (Name, _store, _random) = (name, store, world.Random);
        var skew = TimeSpan.FromTicks((long)((world.Random.NextDouble() - 0.5) * 2 * world.Faults.Skew.Ticks));
        Clock = new SkewedClock(world.Clock, skew);
        var options = new EngineOptions { Node = name, MaxConcurrentJobs = 6, JobTimeout = TimeSpan.FromSeconds(40) };
        var chance = new Chance(world.Random.Next());
        var services = new JobServices(world.Services, Clock, new System.Text.Json.JsonSerializerOptions());
        var loggers = NullLoggerFactory.Instance;
        var manifest = new NodeManifest(name, "0", 1, Clock.GetUtcNow(), 6, []);
        Lease = new NodeLease(store, Clock, manifest, options.LeaseDuration, NullLogger<NodeLease>.Instance);
        var leadership = new Leadership(store, Clock, name, options.LeaseDuration, NullLogger<Leadership>.Instance);
        Finishes = new FinishStep(store, Clock, NullLogger<FinishStep>.Instance);
        var parts = new WorkerParts(new JobRunner(handlers, services, options, chance, loggers), Running, Finishes, handlers, Clock) { Launch = Launches.Inline };
        _worker = new Worker(store, Lease, parts, options, NullLogger<Worker>.Instance);
        _heartbeat = new Heartbeat(store, Lease, leadership, new HeartbeatParts(Running, Clock, options.HeartbeatInterval), NullLogger<Heartbeat>.Instance);
        var janitor = new Janitor(store, Clock, options.Retention, NullLogger<Janitor>.Instance);
        Turns = [new(_heartbeat.RunOnceAsync), new(_worker.RunOnceAsync), new(Finishes.RunOnceAsync), new(janitor.RunOnceAsync)];
        Wire();
    }

    public string Name { get; }

    public SkewedClock Clock { get; }

    public NodeLease Lease { get; }

    public RunningJobs Running { get; } = new();

    public FinishStep Finishes { get; }

    public IReadOnlyList<Turn> Turns { get; }

    public bool IsDead { get; private set; }

    public DateTimeOffset StalledUntil { get; set; } = DateTimeOffset.MinValue;

    public void Crash()
    {
        IsDead = true;
        _store.Signalled -= OnSignal;
    }

    /// <summary>Runs one turn and says when it wants the next; an error is a pause, as in the loop.</summary>
    public void Run(Turn turn, DateTimeOffset now)
    {
        try
        {
            var run = turn.Step(CancellationToken.None);
            if (!run.IsCompleted)
            {
                throw new InvalidOperationException("A step of the simulation waited for something that the simulator does not know.");
            }

            var next = run.GetAwaiter().GetResult() is { } instant ? Clock.ToWorld(instant) : DateTimeOffset.MaxValue;
            var sweep = now + TimeSpan.FromSeconds(30);
            turn.At = next <= now ? now + TimeSpan.FromMilliseconds(1) : next < sweep ? next : sweep;
        }
        catch (SimulatedFaultException)
        {
            turn.At = now + TimeSpan.FromMilliseconds(100 + _random.Next(400));
        }
    }

    private void Wire()
    {
        _store.Signalled += OnSignal;
        _worker.SlotFreed += () => Soon(1);
        Finishes.Added += () => Soon(2);
        Lease.Held += () => Soon(1);
        Lease.Lost += () => Running.StopAll(StopCause.ClaimLost);
    }

    private void OnSignal(StoreSignal signal)
    {
        if (signal.HasFlag(StoreSignal.Cancels))
        {
            _heartbeat.Ask();
            Soon(0);
        }

        if (signal.HasFlag(StoreSignal.Jobs))
        {
            Soon(1);
        }

    }

    private void Soon(int turn)
    {
        var at = Clock.ToWorld(Clock.GetUtcNow()) + TimeSpan.FromMilliseconds(_random.Next(50));
        Turns[turn].At = at < Turns[turn].At ? at : Turns[turn].At;
    }
}

/// <summary>A duty of a node and when it runs next, in world time.</summary>
internal sealed class Turn(Func<CancellationToken, Task<DateTimeOffset?>> step)
{
    public Func<CancellationToken, Task<DateTimeOffset?>> Step { get; } = step;

    public DateTimeOffset At { get; set; } = DateTimeOffset.MinValue;
}

/// <summary>What all nodes of a run share.</summary>
internal sealed record World(VirtualClock Clock, Random Random, Faults Faults)
{
    public IServiceProvider Services { get; } = new ServiceCollection().BuildServiceProvider();
}
