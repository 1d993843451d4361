using System.Collections.Frozen;
using System.Reflection;
using Carillon.Cluster;
using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Outputs;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carillon.Hosting;

/// <summary>Turns the steps of a started instance: a loop each, the heartbeat on its own thread, one exact timer; from start to drained.</summary>
internal sealed partial class EngineHost : IAsyncDisposable
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly CarillonInstance _instance;
    private readonly EngineOptions _options;
    private readonly ILogger<EngineHost> _logger;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly DueTimer _timer;
    private readonly List<DueWake> _wakes = [];
    private readonly List<Task> _loops = [];
    private readonly EngineNode _node;
    private readonly OutputStep _outputs;
    private HeartbeatThread? _heartbeat;
    private IDisposable? _wiring;
    private bool _isDraining;

    public EngineHost(CarillonInstance instance, EngineOptions options, ILoggerFactory loggers)
    {
        (_instance, _options, _loggers, _logger) = (instance, options, loggers, loggers.CreateLogger<EngineHost>());
        _timer = new DueTimer(instance.Clock);
        var services = instance.Services with { Until = (instant, stop) => new DueWake(_timer, instance.Clock).WaitAsync(instant, stop) };
        var parts = new NodeParts(instance.Handlers, services, instance.Clock, instance.Chance, loggers)
        {
            Ids = instance.Ids,
            FollowClock = instance.Clock.Follow,
            StepClock = instance.Clock.Step,
            ClockStepped = OnClockStepped,
            Leave = () => instance.Services.Services.GetService<IHostApplicationLifetime>()?.StopApplication(),
        };
        _node = new EngineNode(instance.Store, parts, options, ManifestOf(instance, options));
        _node.Lease.TimeSeen += OnTimeSeen;
        instance.Locks.RestOn(_node.Lease);
        _outputs = new OutputStep(instance.Outputs, instance.Clock);
    }

    public bool IsHeld => _node.Lease.IsHeld;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _node.Heartbeat.RunOnceAsync(cancellationToken);
        var (worker, schedules) = (NewWake(), NewWake());
        var (finishes, janitor, outputs, drain) = (NewWake(isExact: false), NewWake(isExact: false), NewWake(isExact: false), NewWake(isExact: false));
        _node.Finishes.Finished += _outputs.Add;
        _outputs.Added += outputs.Pulse;
        _wiring = _node.Wire(new NodePulses(worker.Pulse, finishes.Pulse, schedules.Pulse, janitor.Pulse, () => _heartbeat?.Pulse()) { Drain = drain.Pulse });
        Start(_node.Drain, drain);
        if (_options.Roles.HasFlag(NodeRoles.Worker))
        {
            Start(_node.Finishes, finishes);
            Start(_node.Worker, worker);
            Start(_outputs, outputs);
        }

        if (_options.Roles.HasFlag(NodeRoles.Scheduler))
        {
            Start(_node.Schedules, schedules);
        }

        // What is left behind is everybody's who works, so that no kind of node must be there for it.
        if ((_options.Roles & (NodeRoles.Worker | NodeRoles.Scheduler)) != NodeRoles.None)
        {
            Start(_node.Janitor, janitor);
        }

        _heartbeat = new HeartbeatThread(_node.Heartbeat, _node.Lease.Watch, _instance.Clock, _loggers.CreateLogger<HeartbeatThread>());
        LogStarted(_options.Node, _instance.Store.Description, string.Join(", ", RoleNames.Of(_options.Roles)), _options.MaxConcurrentJobs, _options.Queues is { } queues ? string.Join(", ", queues) : "all");
    }

    /// <summary>Takes no new job from now on, ahead of <see cref="StopAsync"/>.</summary>
    public async Task DrainAsync()
    {
        if (!_isDraining)
        {
            _isDraining = true;
            LogDraining(_node.Running.Count, _options.DrainTimeout);
            using var limit = new CancellationTokenSource(StopGrace, _instance.Clock);
            await _node.Worker.DrainAsync(limit.Token);
        }
    }

    /// <summary>Takes no new job, waits for the running ones up to the drain time-out, stops and releases the rest, and gives the leases up.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await DrainAsync();
        await TellLeavingAsync();
        await UntilIdleAsync(_options.DrainTimeout, cancellationToken);
        _node.Running.StopAll(StopCause.Shutdown);
        await UntilIdleAsync(StopGrace, CancellationToken.None);
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        await FlushAsync();
        _wiring?.Dispose();
        await ReleaseAsync();
        LogStopped(_options.Node, _node.Running.Count);
    }

    public ValueTask DisposeAsync()
    {
        _wiring?.Dispose();
        _heartbeat?.Dispose();
        _timer.Dispose();
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private void OnTimeSeen(StoreTime time)
    {
        if (_instance.Clock.Observe(time))
        {
            OnClockStepped();
        }
    }

    private void OnClockStepped()
    {
        _timer.Recheck();
        _wakes.ForEach(wake => wake.Pulse());
    }

    private DueWake NewWake(bool isExact = true)
    {
        var wake = new DueWake(_timer, _instance.Clock, isExact);
        _wakes.Add(wake);
        return wake;
    }

    private void Start(IStep step, DueWake wake)
    {
        var loop = new Loop(step, wake, _instance.Clock, _instance.Store.IsShared ? Sweep : null, _loggers.CreateLogger<Loop>());
        _loops.Add(Task.Run(() => loop.RunAsync(_stopping.Token)));
    }

    // Only where there is something to see until it is gone; a shutdown must not fail, nor take longer, for want of it.
    private async Task TellLeavingAsync()
    {
        using var limit = new CancellationTokenSource(StopGrace, _instance.Clock);
        try
        {
            await (_node.Running.Count > 0 ? _node.Drain.TellLeavingAsync(limit.Token) : Task.CompletedTask);
        }
        catch (Exception error) when (error is StoreUnavailableException or OperationCanceledException)
        {
            LogNotTold(error.Message);
        }
    }

    private async Task UntilIdleAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var idle = new Bell();
        using var limit = new CancellationTokenSource(timeout, _instance.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _node.Running.Left += idle.Ring;
        while (_node.Running.Count > 0 && !either.IsCancellationRequested)
        {
            await idle.WaitAsync(either.Token);
        }

        _node.Running.Left -= idle.Ring;
        if (_node.Running.Count > 0)
        {
            LogNotIdle(_node.Running.Count, timeout);
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            while (_node.Finishes.Open > 0)
            {
                await _node.Finishes.RunOnceAsync(CancellationToken.None);
            }

            while (await _outputs.RunOnceAsync(CancellationToken.None) is not null)
            {
            }
        }
        catch (Exception error)
        {
            LogNotFlushed(error, _node.Finishes.Open, error.Message);
        }
    }

    private async Task ReleaseAsync()
    {
        _heartbeat?.Dispose();
        _heartbeat = null;
        try
        {
            // What did not stop, and what a claim brought whose answer was lost: given back, so that it counts as no loss of its owner.
            await _node.Store.ReturnAsync(_options.Node, FrozenSet<(Guid, long)>.Empty, _instance.Clock.GetUtcNow(), CancellationToken.None);
            await (_node.Drain.IsAsked ? _node.Store.RemoveDefinitionAsync(DefinitionKinds.Node, _options.Node, null, _instance.Clock.GetUtcNow(), CancellationToken.None) : Task.CompletedTask);
            _instance.Locks.LoseAll();
            await _node.Leadership.ReleaseAsync(CancellationToken.None);
            await _node.Lease.ReleaseAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            LogNotReleased(error, _options.Node, error.Message);
        }
    }

    /// <summary>What a node of this instance tells about itself.</summary>
    internal static NodeManifest ManifestOf(CarillonInstance instance, EngineOptions options) => new(
        options.Node, Version, Environment.ProcessId, instance.StartedAt, options.MaxConcurrentJobs,
        options.Roles.HasFlag(NodeRoles.Worker) ? [.. instance.Handlers.All.Select(HandlerManifest.Of)] : [])
    {
        Roles = options.Roles,
        Queues = options.Queues is null ? null : [.. options.Queues.Order(StringComparer.Ordinal)],
    };

    /// <summary>The product's version.</summary>
    internal static string Version { get; } =
        typeof(EngineHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    [LoggerMessage(1300, LogLevel.Information, "Node {Node} works on {Store} ({Roles}), up to {Slots} jobs at once of the queues: {Queues}")]
    private partial void LogStarted(string node, string store, string roles, int slots, string queues);

    [LoggerMessage(1301, LogLevel.Information, "Shutting down: no new job is taken; {Running} running ones have up to {Timeout}")]
    private partial void LogDraining(int running, TimeSpan timeout);

    [LoggerMessage(1302, LogLevel.Warning, "{Running} jobs still run after {Timeout}; they are asked to stop and released without burning an attempt")]
    private partial void LogNotIdle(int running, TimeSpan timeout);

    [LoggerMessage(1303, LogLevel.Error, "{Open} ends of attempts could not be written at shutdown ({Reason}); those jobs will run again")]
    private partial void LogNotFlushed(Exception error, int open, string reason);

    [LoggerMessage(1304, LogLevel.Warning, "The lease of node {Node} could not be given up ({Reason}); it runs out by itself")]
    private partial void LogNotReleased(Exception error, string node, string reason);

    [LoggerMessage(1306, LogLevel.Debug, "The other nodes could not be told that this one shuts down: {Reason}")]
    private partial void LogNotTold(string reason);

    [LoggerMessage(1305, LogLevel.Information, "Node {Node} has stopped; {Left} jobs did not stop and were given back")]
    private partial void LogStopped(string node, int left);
}
