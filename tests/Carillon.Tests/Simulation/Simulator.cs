using Carillon.Jobs;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Testing;

namespace Carillon.Tests.Simulation;

/// <summary>
/// A cluster in one thread: the real engine over a store that fails, under a clock that is moved from event to event. The seed decides
/// everything, so a red seed replays.
/// </summary>
internal sealed class Simulator
{
    private static readonly TimeSpan Chaos = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan Rest = TimeSpan.FromHours(6);
    private const int Nodes = 3;
    private const int Jobs = 24;

    private readonly World _world;
    private readonly MemoryStore _memory = new();
    private readonly FaultyStore _store;
    private readonly HandlerRegistry _handlers;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly HashSet<Guid> _accepted = [];
    private readonly List<(DateTimeOffset At, Action Do)> _plan = [];
    private int _names;

    public Simulator(int seed, Faults faults)
    {
        _world = new World(new VirtualClock(), new Random(seed), faults);
        _store = new FaultyStore(_memory, _world, Oracle);
        _handlers = new HandlerRegistry([new HandlerDefinition { Name = "work", Run = WorkAsync }], []);
    }

    public Oracle Oracle { get; } = new();

    private DateTimeOffset Now => _world.Clock.GetUtcNow();

    /// <summary>Runs the seed and says what was broken.</summary>
    public IReadOnlyList<string> Run()
    {
        var end = Now + Chaos;
        PlanWork(end);
        for (var i = 0; i < Nodes; i++)
        {
            _nodes.Add(NewNode());
        }

        RunUntil(end, isChaos: true);
        _store.IsFaulty = false;
        PauseSchedules();
        RunUntil(Now + Rest, isChaos: false);
        Oracle.AtRest(All(), _accepted);
        return Oracle.Broken;
    }

    private void RunUntil(DateTimeOffset end, bool isChaos)
    {
        while (Now < end && !(!isChaos && IsAtRest()))
        {
            var next = NextEvent(end);
            _world.Clock.Advance(next > Now ? next - Now : TimeSpan.Zero);
            RunPlan();
            foreach (var node in _nodes.ToList())
            {
                RunDue(node, isChaos);
            }
        }
    }

    private DateTimeOffset NextEvent(DateTimeOffset end)
    {
        var turns = _nodes.Select(node => Later(node.Turns.Min(turn => turn.At), node.StalledUntil));
        var plan = _plan.Select(item => item.At);
        var timers = _world.Clock.NextTimerAt is { } timer ? [timer] : Array.Empty<DateTimeOffset>();
        return turns.Concat(plan).Concat(timers).Append(end).Min();
    }

    private void RunPlan()
    {
        foreach (var item in _plan.Where(item => item.At <= Now).ToList())
        {
            _plan.Remove(item);
            item.Do();
        }
    }

    private void RunDue(SimulatedNode node, bool isChaos)
    {
        if (node.StalledUntil > Now)
        {
            return;
        }

        foreach (var turn in node.Turns.Where(turn => turn.At <= Now).OrderBy(_ => _world.Random.Next()).ToList())
        {
            if (isChaos && Strikes(node))
            {
                return;
            }

            node.Run(turn, Now);
        }
    }

    private bool Strikes(SimulatedNode node)
    {
        if (_world.Random.NextDouble() < _world.Faults.Crash)
        {
            node.Crash();
            _nodes.Remove(node);
            _plan.Add((Now + TimeSpan.FromSeconds(_world.Random.Next(1, 20)), () => _nodes.Add(NewNode())));
            return true;
        }

        if (_world.Random.NextDouble() < _world.Faults.Stall)
        {
            node.StalledUntil = Now + TimeSpan.FromSeconds(_world.Random.Next(5, 60));
            return true;
        }

        return false;
    }

    private void PlanWork(DateTimeOffset end)
    {
        var ids = new JobIds(_world.Clock, new Chance(_world.Random.Next()));
        for (var i = 0; i < Jobs; i++)
        {
            var at = Now + TimeSpan.FromSeconds(_world.Random.NextDouble() * 50);
            _plan.Add((at, () => Enqueue(NewJob(ids.Next()))));
        }

        foreach (var overlap in Enum.GetValues<OverlapPolicy>())
        {
            _plan.Add((Now, () => Put(overlap, end)));
        }
    }

    private NewJob NewJob(Guid id)
    {
        var random = _world.Random;
        var after = _accepted.Count > 0 && random.Next(5) == 0 ? [new After(_accepted.ElementAt(random.Next(_accepted.Count)), AfterCondition.AnyEnd)] : Array.Empty<After>();
        return new NewJob
        {
            Id = id,
            Handler = "work",
            Priority = random.Next(-2, 3),
            RunAt = random.Next(3) == 0 ? Now + TimeSpan.FromSeconds(random.Next(60)) : null,
            ConcurrencyKey = random.Next(3) == 0 ? $"key{random.Next(2)}" : null,
            Retry = new RetryPolicy { Attempts = 1 + random.Next(5) },
            After = after,
        };
    }

    // As a client does: when the answer is lost it sends the same id again until it is answered.
    private void Enqueue(NewJob job)
    {
        try
        {
            _ = Take(_store.EnqueueAsync([job], null, Now, default));
            _accepted.Add(job.Id);
            if (_world.Random.Next(6) == 0)
            {
                _plan.Add((Now + TimeSpan.FromSeconds(_world.Random.Next(30)), () => Cancel(job.Id)));
            }
        }
        catch (SimulatedFaultException)
        {
            _plan.Add((Now + TimeSpan.FromSeconds(1), () => Enqueue(job)));
        }
    }

    private void Cancel(Guid id)
    {
        try
        {
            var act = new Act("someone", "simulation", "job.cancel");
            _ = Take(_store.ChangeAsync(new JobFilter { Ids = [id] }, JobChange.Cancel, 1, act, Now, default));
            if (Take(_memory.GetAsync(id, default)) is { State: JobState.Cancelled } or { CancelReason: not null })
            {
                Oracle.Cancelled(id);
            }
        }
        catch (SimulatedFaultException)
        {
            _plan.Add((Now + TimeSpan.FromSeconds(1), () => Cancel(id)));
        }
    }

    private void Put(OverlapPolicy overlap, DateTimeOffset end)
    {
        var schedule = new Schedule
        {
            Id = new JobIds(_world.Clock, new Chance(_world.Random.Next())).Next(),
            Name = $"every-{overlap}",
            Kind = RecurrenceKind.Every,
            Expression = "4s",
            Handler = "work",
            Overlap = overlap,
            Misfire = (MisfirePolicy)_world.Random.Next(3),
            AnchorAt = Now,
            NextAt = Now,
            EndAt = end,
            CreatedAt = Now,
            UpdatedAt = Now,
            Retry = new RetryPolicy { Attempts = 2 },
        };
        _ = Take(_memory.PutSchedulesAsync([schedule], null, Now, default));
    }

    private void PauseSchedules()
    {
        foreach (var schedule in Take(_memory.ListSchedulesAsync(new ScheduleQuery(), default)))
        {
            _ = Take(_memory.PutSchedulesAsync([schedule with { Mode = ScheduleMode.Paused }], null, Now, default));
        }
    }

    private SimulatedNode NewNode() => new($"node{_names++}", _world, _store, _handlers);

    private async Task<Outcome?> WorkAsync(JobContext context)
    {
        Oracle.Begun(context.Id);
        var dice = _world.Random.Next(20);
        var duration = TimeSpan.FromSeconds(_world.Random.NextDouble() * (dice == 0 ? 60 : 3));
        await DelayAsync(duration, context.Clock, dice == 1 ? CancellationToken.None : context.CancellationToken);
        return dice switch
        {
            2 or 3 => throw new InvalidOperationException("a failure by seed"),
            4 => context.Snooze(TimeSpan.FromSeconds(2)),
            5 => context.RetryAfter(TimeSpan.FromSeconds(4), "later"),
            _ => null,
        };
    }

    // Task.Delay goes on by way of the thread pool when it is cancelled; here all must happen on the simulator's thread.
    private static async Task DelayAsync(TimeSpan duration, TimeProvider clock, CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource();
        await using var timer = clock.CreateTimer(_ => over.TrySetResult(), null, duration, Timeout.InfiniteTimeSpan);
        await using var stop = cancellationToken.UnsafeRegister(_ => over.TrySetCanceled(cancellationToken), null);
        await over.Task;
    }

    private bool IsAtRest() => All().All(job => job.IsEnded) && _plan.Count == 0;

    private List<Job> All()
    {
        var jobs = new List<Job>();
        IReadOnlyList<Job> page;
        do
        {
            page = Take(_memory.ListAsync(new JobQuery { Before = jobs.Count == 0 ? null : jobs[^1].Id, Limit = 200 }, default));
            jobs.AddRange(page);
        }
        while (page.Count > 0);
        return jobs;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static T Take<T>(Task<T> done) => done.IsCompleted ? done.GetAwaiter().GetResult() : throw new InvalidOperationException("The simulated store waited.");
}
