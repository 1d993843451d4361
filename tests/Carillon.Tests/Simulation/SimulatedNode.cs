using Carillon.Cluster;
using Carillon.Engine;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Simulation;

/// <summary>A node of the real parts, whose duties are turned one by one, each at the instant it asked for.</summary>
internal sealed class SimulatedNode
{
    private const int Slots = 6;
    private readonly World _world;
    private readonly IDisposable _wiring;

    public SimulatedNode(string name, World world, FaultyStore store, HandlerRegistry handlers)
    {
        _world = world;
        var skew = TimeSpan.FromTicks((long)((world.Random.NextDouble() - 0.5) * 2 * world.Faults.Skew.Ticks));
        Clock = new SkewedClock(world.Clock, skew);
        var options = new EngineOptions { Node = name, MaxConcurrentJobs = Slots, JobTimeout = TimeSpan.FromSeconds(40) };
        var chance = new Chance(world.Random.Next());
        var services = new JobServices(world.Services, Clock, new System.Text.Json.JsonSerializerOptions());
        var parts = new NodeParts(handlers, services, Clock, chance, NullLoggerFactory.Instance) { Ids = new JobIds(Clock, chance), Launch = Launches.Inline };
        var node = new EngineNode(store, parts, options, new NodeManifest(name, "0", 1, Clock.GetUtcNow(), Slots, []));
        Turns = [new(node.Heartbeat), new(node.Worker), new(node.Finishes), new(node.Janitor), new(node.Schedules)];
        _wiring = node.Wire(new NodePulses(() => Soon(1), () => Soon(2), () => Soon(4), () => Soon(3), () => Soon(0)));
    }

    public SkewedClock Clock { get; }

    public IReadOnlyList<Turn> Turns { get; }

    public DateTimeOffset StalledUntil { get; set; } = DateTimeOffset.MinValue;

    public void Crash() => _wiring.Dispose();

    /// <summary>Runs one turn and says when it wants the next; an error is a pause, as in the loop.</summary>
    public void Run(Turn turn, DateTimeOffset now)
    {
        turn.At = DateTimeOffset.MaxValue;
        try
        {
            var run = turn.Step.RunOnceAsync(CancellationToken.None);
            if (!run.IsCompleted)
            {
                throw new InvalidOperationException("A step of the simulation waited for something that the simulator does not know.");
            }

            var next = run.GetAwaiter().GetResult() is { } instant ? Clock.ToWorld(instant) : DateTimeOffset.MaxValue;
            Bring(turn, next <= now ? now + TimeSpan.FromMilliseconds(1) : next);
            Bring(turn, now + TimeSpan.FromSeconds(30));
        }
        catch (SimulatedFaultException)
        {
            turn.At = now + TimeSpan.FromMilliseconds(100 + _world.Random.Next(400));
        }
    }

    private void Soon(int turn) => Bring(Turns[turn], _world.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(_world.Random.Next(50)));

    private static void Bring(Turn turn, DateTimeOffset at) => turn.At = at < turn.At ? at : turn.At;
}

/// <summary>A duty of a node and when it runs next, in world time.</summary>
internal sealed class Turn(IStep step)
{
    public IStep Step { get; } = step;

    public DateTimeOffset At { get; set; } = DateTimeOffset.MinValue;
}

/// <summary>What all nodes of a run share.</summary>
internal sealed record World(VirtualClock Clock, Random Random, Faults Faults)
{
    public IServiceProvider Services { get; } = new ServiceCollection().BuildServiceProvider();
}
