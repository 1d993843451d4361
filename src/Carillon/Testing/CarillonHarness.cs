using Carillon.Engine;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Testing;

/// <summary>
/// Carillon for users' tests: the real engine over the memory store in virtual time. Nothing moves until the test says so, and
/// <see cref="AdvanceAsync"/> returns when all that was due has been done, each thing at its own instant. Chance always falls in the
/// middle, so a pause before a retry is what the policy says, without jitter; nothing that ended is ever purged.
/// </summary>
/// <remarks>
/// A handler that waits must wait on <see cref="JobContext.Clock"/>. One that does real I/O is waited for, but no longer than
/// <see cref="Patience"/>: then it is taken to wait for something that the test does next, such as cancelling it.
/// </remarks>
public sealed class CarillonHarness : IAsyncDisposable
{
    private const int MaxRounds = 10_000;
    private static readonly TimeSpan Century = TimeSpan.FromDays(36_500);
    private readonly ServiceProvider _services;
    private readonly CarillonInstance _instance;
    private readonly HandlerWatch _watch;
    private readonly EngineNode _node;
    private readonly IDisposable _wiring;
    private readonly Bell _moved = new();
    private readonly Dictionary<IStep, DateTimeOffset?> _nextAt = [];
    private volatile bool _isPulsed = true;

    private CarillonHarness(ServiceProvider services, HandlerWatch watch, VirtualClock clock)
    {
        (_services, _watch, Clock) = (services, watch, clock);
        _instance = services.GetRequiredKeyedService<CarillonInstance>("");
        var options = _instance.Engine with { Node = "harness", LeaseDuration = Century, Retention = new Retention(Century, Century, Century) };
        var parts = new NodeParts(_instance.Handlers, _instance.Services, _instance.Clock, _instance.Chance, services.GetRequiredService<ILoggerFactory>())
        {
            Ids = _instance.Ids,
            Launch = LaunchInline,
            FollowClock = _instance.Clock.Follow,
            StepClock = _instance.Clock.Step,
        };
        _node = new EngineNode(_instance.Store, parts, options, EngineHost.ManifestOf(_instance, options));
        _wiring = _node.Wire(new NodePulses(Pulse, Pulse, Pulse, Pulse, Pulse));
        _node.Running.Left += Pulse;
        clock.TimerSet += _moved.Ring;
    }

    /// <summary>The time of the test. Move it with <see cref="AdvanceAsync"/>; <see cref="VirtualClock.Step"/> it to see what a wrong clock does.</summary>
    public VirtualClock Clock { get; }

    /// <summary>How long, in real time, a handler may be at something that is no wait on <see cref="JobContext.Clock"/>; five seconds.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Enqueue, look, cancel.</summary>
    public JobClient Jobs => _instance.Jobs;

    /// <summary>Put, pause, trigger.</summary>
    public ScheduleClient Schedules => _instance.Schedules;

    /// <summary>Pause, limit.</summary>
    public QueueClient Queues => _instance.Queues;

    /// <summary>The services of the handlers.</summary>
    public IServiceProvider Services => _services;

    /// <summary>
    /// Builds one. <paramref name="build"/> registers handlers, services and settings as a host would; the store is chosen already. Schedules
    /// of the handlers' code stand when this returns. <paramref name="start"/> is the first instant; noon of 1 January 2027 UTC by default.
    /// </summary>
    public static async Task<CarillonHarness> StartAsync(Action<CarillonBuilder> build, DateTimeOffset? start = null)
    {
        var clock = new VirtualClock(start);
        var watch = new HandlerWatch(clock);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(Chance.Middle(seed: 1));
        services.AddCarillon(carillon => build(carillon.UseMemory().Use(watch.RunAsync)));
        services.AddLogging();
        var harness = new CarillonHarness(services.BuildServiceProvider(), watch, clock);
        await CodeSchedules.PutAsync(harness._instance, harness._services.GetRequiredService<ILoggerFactory>().CreateLogger<CarillonHarness>(), CancellationToken.None);
        await harness.RunDueAsync();
        return harness;
    }

    /// <summary>Moves time on and does all that becomes due, each at its own instant.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        await SettleAsync();
        var target = Clock.GetUtcNow() + by;
        while (NextAt() is { } next && next <= target)
        {
            await MoveToAsync(next);
        }

        await MoveToAsync(target);
    }

    /// <summary>Moves time on to the instant, as <see cref="AdvanceAsync"/> does.</summary>
    public Task AdvanceToAsync(DateTimeOffset instant) => AdvanceAsync(instant - Clock.GetUtcNow());

    /// <summary>Does what is due now, without moving time.</summary>
    public Task RunDueAsync() => AdvanceAsync(TimeSpan.Zero);

    /// <summary>Enqueues a job, does what is due, and answers with the job as it then stands: ended, unless it waits for something.</summary>
    public async Task<Job> RunAsync(JobRequest request)
    {
        var receipt = await Jobs.EnqueueAsync(request);
        await RunDueAsync();
        return await GetAsync(receipt.Id);
    }

    /// <summary>As above, with typed arguments.</summary>
    public async Task<Job> RunAsync<T>(string handler, T args)
    {
        var receipt = await Jobs.EnqueueAsync(handler, args);
        await RunDueAsync();
        return await GetAsync(receipt.Id);
    }

    /// <summary>The job as it stands.</summary>
    public async Task<Job> GetAsync(Guid id) =>
        await Jobs.GetAsync(id) ?? throw new ArgumentException($"There is no job {id}.", nameof(id));

    /// <summary>All jobs, oldest first.</summary>
    public async Task<IReadOnlyList<Job>> HistoryAsync()
    {
        var jobs = new List<Job>();
        IReadOnlyList<Job> page;
        do
        {
            page = await Jobs.ListAsync(new JobQuery { Before = jobs.Count == 0 ? null : jobs[^1].Id, Limit = 200 });
            jobs.AddRange(page);
        }
        while (page.Count > 0);
        jobs.Reverse();
        return jobs;
    }

    /// <summary>The latest 200 attempts at a job that have ended or run, in the order in which they began.</summary>
    public async Task<IReadOnlyList<Execution>> AttemptsAsync(Guid job) =>
        [.. (await Jobs.ListExecutionsAsync(new ExecutionQuery { Job = job, Limit = 200 })).OrderBy(attempt => attempt.Token)];

    /// <summary>What a job's handler logged through <see cref="JobContext.Logger"/>, in order; the first 1,000 lots of it.</summary>
    public async Task<IReadOnlyList<string>> LogAsync(Guid job)
    {
        var entries = await Jobs.ReadJournalAsync(new JournalQuery { Subject = Subject.Of(job), Kinds = [JournalKinds.Log], Limit = 1_000 });
        return [.. entries.SelectMany(entry => LogLines.Read(entry.Data))];
    }

    /// <summary>Asks running handlers to stop; they are not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        _wiring.Dispose();
        _node.Running.StopAll(StopCause.Shutdown);
        await _instance.DisposeAsync();
        await _services.DisposeAsync();
    }

    private async Task MoveToAsync(DateTimeOffset instant)
    {
        Clock.Advance(instant > Clock.GetUtcNow() ? instant - Clock.GetUtcNow() : TimeSpan.Zero);
        await SettleAsync();
    }

    // The heartbeat is left out: nobody can take this node's lease, and it beats whenever something moves.
    private DateTimeOffset? NextAt() => _nextAt.Where(pair => pair.Key != _node.Heartbeat).Select(pair => pair.Value).Append(Clock.NextTimerAt).Min();

    private async Task SettleAsync()
    {
        var round = 0;
        do
        {
            if (++round == MaxRounds)
            {
                throw new InvalidOperationException($"Work at {Clock.GetUtcNow():O} does not come to an end: a handler or a schedule makes new work due at the same instant again and again.");
            }

            _isPulsed = false;
            foreach (var step in new IStep[] { _node.Heartbeat, _node.Janitor, _node.Schedules, _node.Worker, _node.Finishes })
            {
                _nextAt[step] = await step.RunOnceAsync(CancellationToken.None);
            }

            await UntilQuietAsync();
        }
        while (_isPulsed || NextAt() <= Clock.GetUtcNow());
    }

    // Quiet: each handler that runs waits on the clock.
    private async Task UntilQuietAsync()
    {
        while (!_isPulsed && (Busy > 0 || IsStopping))
        {
            using var patience = new CancellationTokenSource(Patience);
            await _moved.WaitAsync(patience.Token);
            if (patience.IsCancellationRequested)
            {
                _watch.SetBusyAside();
                return;
            }
        }
    }

    // On the test's thread, so that the order of things is the same each time, but not in the context of its test framework: as in a host.
    private static void LaunchInline(Action work)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        work();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    private int Busy => _node.Running.Count - _node.Worker.Ahead - _watch.CountWaiting();

    // Task.Delay hears of a cancellation by way of the thread pool: until it has, its timer looks like a wait, and time must not move on.
    private bool IsStopping => _node.Running.All.Any(attempt => attempt.Cause != StopCause.None);

    private void Pulse()
    {
        _isPulsed = true;
        _moved.Ring();
    }
}
