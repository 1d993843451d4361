using Carillon.Cluster;
using Carillon.Engine;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Engine;

/// <summary>One node of the real parts over a memory store, whose duties a test turns one by one in virtual time.</summary>
internal sealed class EngineRig
{
    public static readonly CancellationToken Stop = CancellationToken.None;
    private readonly JobIds _ids;
    private readonly ClusterClock _clusterClock;

    public EngineRig(EngineOptions? options = null, HandlerDefinition? handler = null)
    {
        Spy = StoreSpy.Around(Memory, out var store);
        Store = store;
        Options = options ?? new EngineOptions { Node = "rig" };
        _ids = new JobIds(Clock, new Chance(1));
        var handlers = new HandlerRegistry([(handler ?? new HandlerDefinition { Name = "work", Run = static _ => Task.FromResult<Outcome?>(null) }) with { Run = context => Work(context) }], []);
        var services = new JobServices(new ServiceCollection().BuildServiceProvider(), Clock, CarillonJson.Options([]));
        _clusterClock = new ClusterClock(Clock, new Logger<ClusterClock>(Logs));
        var parts = new NodeParts(handlers, services, _clusterClock, Chance.Middle(2), Logs)
        {
            Ids = _ids,
            Launch = Launches.Inline,
            FollowClock = _clusterClock.Follow,
            StepClock = _clusterClock.Step,
            ClockStepped = () => Pulses.Add("clock"),
            Leave = () => Pulses.Add("leave"),
        };
        Node = new EngineNode(store, parts, Options, new NodeManifest(Options.Node, "0", 1, Clock.GetUtcNow(), Options.MaxConcurrentJobs, []));
        Node.Wire(new NodePulses(() => Pulses.Add("worker"), () => Pulses.Add("finishes"), () => Pulses.Add("schedules"), () => Pulses.Add("janitor"), () => Pulses.Add("heartbeat")) { Drain = () => Pulses.Add("drain") });
    }

    public VirtualClock Clock { get; } = new();

    public MemoryStore Memory { get; } = new();

    public StoreSpy Spy { get; }

    public IStore Store { get; }

    public EngineOptions Options { get; }

    public EngineNode Node { get; }

    public LogTally Logs { get; } = new();

    public List<string> Pulses { get; } = [];

    /// <summary>What the one handler, <c>work</c>, does.</summary>
    public JobDelegate Work { get; set; } = static _ => Task.FromResult<Outcome?>(null);

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>The node's idea of it, which follows a step of the clock with the next heartbeat.</summary>
    public DateTimeOffset ClusterNow => _clusterClock.GetUtcNow();

    public async Task<Guid> EnqueueAsync(Func<NewJob, NewJob>? change = null)
    {
        var job = new NewJob { Id = _ids.Next(), Handler = "work" };
        return (await Memory.EnqueueAsync([change?.Invoke(job) ?? job], null, Now, Stop))[0].Id;
    }

    public async Task<Job> JobAsync(Guid id) => (await Memory.GetAsync(id, Stop))!;

    public async Task<IReadOnlyList<JournalEntry>> JournalAsync(Guid id, string kind) =>
        await Memory.ReadAsync(new JournalQuery { Subject = Subject.Of(id), Kinds = [kind], Limit = 1_000 }, Stop);

    public async Task CancelAsync(Guid id) =>
        await Memory.ChangeAsync(new JobFilter { Ids = [id] }, JobChange.Cancel, 1, new Act("ada", "cli", "job.cancel"), Now, Stop);

    public Task<DateTimeOffset?> BeatAsync() => Node.Heartbeat.RunOnceAsync(Stop);

    public Task<DateTimeOffset?> ClaimAsync() => Node.Worker.RunOnceAsync(Stop);

    public Task<DateTimeOffset?> FinishAsync() => Node.Finishes.RunOnceAsync(Stop);

    /// <summary>Holds the lease, claims, runs and writes the ends.</summary>
    public async Task RunAsync()
    {
        await BeatAsync();
        await ClaimAsync();
        await FinishAsync();
    }

    /// <summary>Makes the handler wait until it is let go or asked to stop.</summary>
    public Gate HoldWork(bool isStoppable = true)
    {
        var gate = new Gate();
        Work = async context =>
        {
            gate.Context = context;
            await using var stop = context.CancellationToken.UnsafeRegister(_ => _ = isStoppable && gate.Opened.TrySetCanceled(context.CancellationToken), null);
            await gate.Opened.Task;
            return null;
        };
        return gate;
    }
}

/// <summary>A handler that is being held.</summary>
internal sealed class Gate
{
    public TaskCompletionSource Opened { get; } = new();

    public JobContext? Context { get; set; }

    public void Open() => Opened.SetResult();
}
