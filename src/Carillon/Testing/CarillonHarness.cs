using Carillon.Engine;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Testing;

/// <summary>
/// Carillon for users' tests: the real engine over the memory store in virtual time. Nothing moves until the test says so, and
/// <see cref="AdvanceAsync"/> returns when all that was due has been done. A handler that waits must wait on <see cref="JobContext.Clock"/>;
/// one that does real I/O is waited for.
/// </summary>
public sealed class CarillonHarness : IAsyncDisposable
{
    private const int MaxRounds = 100_000;
    private readonly ServiceProvider _services;
    private readonly CarillonInstance _instance;
    private readonly EngineNode _node;
    private readonly IDisposable _wiring;
    private readonly SemaphoreSlim _moved = new(0);
    private readonly Dictionary<IStep, DateTimeOffset?> _nextAt = [];
    private volatile bool _isPulsed = true;

    private CarillonHarness(ServiceProvider services, VirtualClock clock)
    {
        (_services, Clock) = (services, clock);
        _instance = services.GetRequiredKeyedService<CarillonInstance>("");
        var options = new EngineOptions { Node = "harness", MaxConcurrentJobs = _instance.Options.MaxConcurrentJobs, JobTimeout = _instance.Options.JobTimeout, Retry = _instance.Options.Retry };
        var parts = new NodeParts(_instance.Handlers, _instance.Services with { Clock = clock }, clock, _instance.Chance, services.GetRequiredService<ILoggerFactory>()) { Ids = _instance.Ids };
        _node = new EngineNode(_instance.Store, parts, options, EngineHost.ManifestOf(_instance, options));
        _wiring = _node.Wire(new NodePulses(Pulse, Pulse, Pulse, Pulse, Pulse));
        _node.Running.Left += Pulse;
        clock.TimerSet += Pulse;
    }

    /// <summary>The time of the test.</summary>
    public VirtualClock Clock { get; }

    /// <summary>Enqueue, look, cancel.</summary>
    public JobClient Jobs => _instance.Jobs;

    /// <summary>Put, pause, trigger.</summary>
    public ScheduleClient Schedules => _instance.Schedules;

    /// <summary>The services of the handlers.</summary>
    public IServiceProvider Services => _services;

    /// <summary>Builds one. <paramref name="build"/> registers handlers as a host would; the store is chosen already.</summary>
    public static async Task<CarillonHarness> StartAsync(Action<CarillonBuilder> build, DateTimeOffset? start = null)
    {
        var clock = new VirtualClock(start);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddCarillon(carillon => build(carillon.UseMemory()));
        var harness = new CarillonHarness(services.BuildServiceProvider(), clock);
        await harness.SettleAsync();
        return harness;
    }

    /// <summary>Moves time on and does all that becomes due, each at its own instant.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var target = Clock.GetUtcNow() + by;
        await SettleAsync();
        while (NextAt() is { } next && next <= target)
        {
            Clock.Advance(next > Clock.GetUtcNow() ? next - Clock.GetUtcNow() : TimeSpan.FromTicks(1));
            _isPulsed = true;
            await SettleAsync();
        }

        Clock.Advance(target > Clock.GetUtcNow() ? target - Clock.GetUtcNow() : TimeSpan.Zero);
        _isPulsed = true;
        await SettleAsync();
    }

    /// <summary>Does what is due now, without moving time.</summary>
    public Task RunDueAsync() => AdvanceAsync(TimeSpan.Zero);

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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _wiring.Dispose();
        _node.Running.StopAll(StopCause.Shutdown);
        await _instance.DisposeAsync();
        await _services.DisposeAsync();
        _moved.Dispose();
    }

    private DateTimeOffset? NextAt()
    {
        var steps = _nextAt.Where(pair => pair.Key != _node.Heartbeat && pair.Key != _node.Janitor).Select(pair => pair.Value);
        return steps.Append(Clock.NextTimerAt).Min();
    }

    private async Task SettleAsync()
    {
        for (var round = 0; _isPulsed; round++)
        {
            if (round == MaxRounds)
            {
                throw new InvalidOperationException($"Work at {Clock.GetUtcNow():O} does not come to an end: a handler or a schedule makes new work due at the same instant again and again.");
            }

            _isPulsed = false;
            foreach (var step in new IStep[] { _node.Heartbeat, _node.Janitor, _node.Schedules, _node.Worker, _node.Finishes })
            {
                _nextAt[step] = await step.RunOnceAsync(CancellationToken.None);
            }

            while (!_isPulsed && _node.Running.Count > Clock.CountTimersNotOf<Attempt>())
            {
                await _moved.WaitAsync();
            }
        }
    }

    private void Pulse()
    {
        _isPulsed = true;
        _moved.Release();
    }
}
