using Carillon.Cluster;
using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Locks;
using Carillon.Outputs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Hosting;

/// <summary>
/// One Carillon in a host: the graph of its rooms, put together by hand so that a host may have several. Nothing is opened or started
/// before <see cref="StartAsync"/>.
/// </summary>
internal sealed partial class CarillonInstance : IAsyncDisposable
{
    private readonly ILoggerFactory _loggers;
    private EngineHost? _running;

    public CarillonInstance(InstanceParts parts, CarillonOptions options, TimeProvider machine, ILoggerFactory loggers)
    {
        _loggers = loggers;
        (Name, Options, Store, Handlers) = (parts.Name, options, parts.Store, parts.Handlers);
        Engine = EngineOptionsOf(parts.Name, options);
        Clock = new ClusterClock(machine, loggers.CreateLogger<ClusterClock>());
        StartedAt = Clock.GetUtcNow();
        Ids = new JobIds(Clock, parts.Chance);
        Chance = parts.Chance;
        Services = new JobServices(parts.Services, Clock, parts.Json);
        Locks = new LockClient(Store, Clock, parts.Chance, loggers.CreateLogger<LockClient>());
        Cluster = new ClusterReader(Store, Clock, Engine.Node);
        Nodes = new NodeClient(Store, Clock, Cluster);
        var queues = new HandlerQueues(Handlers, Clock, Cluster.ListQueuesAsync);
        Jobs = new JobClient(Store, Clock, Ids, queues, parts.Json);
        Queues = new QueueClient(Store, Clock);
        Schedules = new ScheduleClient(Store, Clock, Ids, new ScheduleDefaults(options.Zone, queues.FindAsync));
        Calendars = new CalendarClient(Store, Clock, Schedules);
        Outputs = new OutputWriter(parts.Stdio, Clock, new OutputOptions(options.OutputDirectory), loggers.CreateLogger<OutputWriter>());
    }

    public string Name { get; }

    public CarillonOptions Options { get; }

    public EngineOptions Engine { get; }

    public IStore Store { get; }

    public HandlerRegistry Handlers { get; }

    public ClusterClock Clock { get; }

    public DateTimeOffset StartedAt { get; private set; }

    public JobIds Ids { get; }

    public Chance Chance { get; }

    public JobServices Services { get; }

    public JobClient Jobs { get; }

    public QueueClient Queues { get; }

    public ScheduleClient Schedules { get; }

    public CalendarClient Calendars { get; }

    public LockClient Locks { get; }

    public ClusterReader Cluster { get; }

    public NodeClient Nodes { get; }

    public OutputWriter Outputs { get; }

    /// <summary>True while this node's lease is held and jobs are taken.</summary>
    public bool IsWorking => _running?.IsHeld ?? false;

    /// <summary>True once the store is open.</summary>
    public bool IsOpen { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Store.UpgradeSchemaAsync(cancellationToken);
        await ReadClockAsync(cancellationToken);
        IsOpen = true;
        var running = new EngineHost(this, Engine, _loggers);
        await running.StartAsync(cancellationToken);
        _running = running;
    }

    /// <summary>Takes no new job from now on; what runs goes on.</summary>
    public Task DrainAsync() => _running?.DrainAsync() ?? Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_running is { } running)
        {
            _running = null;
            await running.StopAsync(cancellationToken);
            await running.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await (_running?.DisposeAsync() ?? ValueTask.CompletedTask);
        IsOpen = false;
        await Store.DisposeAsync();
        Outputs.Dispose();
    }

    // Before anything is claimed or fired. Three looks, for each may have been slow; one that fails is repeated, for the store is open.
    private async Task ReadClockAsync(CancellationToken cancellationToken)
    {
        for (int looks = 0, failures = 0; looks < 3;)
        {
            try
            {
                if (await Store.GetTimeAsync(cancellationToken) is not { } time)
                {
                    return;
                }

                Clock.Observe(time);
                (StartedAt, looks) = (Clock.GetUtcNow(), looks + 1);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && ++failures < 3)
            {
                LogClockNotRead(_loggers.CreateLogger<CarillonInstance>(), error.Message);
            }
        }
    }

    [LoggerMessage(1320, LogLevel.Warning, "The store's clock could not be read ({Reason}); it is tried again. The start ends with this error at the third time.")]
    private static partial void LogClockNotRead(ILogger logger, string reason);

    private static EngineOptions EngineOptionsOf(string name, CarillonOptions options) => new()
    {
        Node = options.NodeName.Length > 0 ? options.NodeName : $"{Environment.MachineName}/{Environment.ProcessId}{(name.Length > 0 ? "/" : "")}{name}",
        Roles = RolesOf(options),
        MaxConcurrentJobs = RolesOf(options).HasFlag(NodeRoles.Worker) ? options.MaxConcurrentJobs : 0,
        ClaimBatch = options.ClaimBatch,
        Queues = options.Queues.Count == 0 ? null : options.Queues.ToHashSet(StringComparer.Ordinal),
        Retry = options.Retry,
        JobTimeout = options.JobTimeout,
        LeaseDuration = options.LeaseDuration,
        HeartbeatInterval = options.HeartbeatInterval,
        DrainTimeout = options.DrainTimeout,
        Retention = new Retention(options.KeepFinished, options.KeepDead, options.KeepJournal),
    };

    private static NodeRoles RolesOf(CarillonOptions options) => options.Enabled ? options.Roles : options.Roles & NodeRoles.Api;
}

/// <summary>What the builder gathered for one instance.</summary>
internal sealed record InstanceParts(
    string Name, IStore Store, HandlerRegistry Handlers, IServiceProvider Services, System.Text.Json.JsonSerializerOptions Json, Chance Chance)
{
    /// <summary>Where the output <c>stdio</c> goes.</summary>
    public required TextWriter Stdio { get; init; }
}
