using System.Text.Json;
using Carillon.Store.Memory;

namespace Carillon.Store.Tests.Sqlite;

/// <summary>The executable specification and another store, given the same history by a seed: each answer must be the same.</summary>
internal sealed class TwinStores(MemoryStore memory, IStore other, int seed)
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private static readonly string[] Handlers = ["work", "work", "other", "slow"];
    private static readonly string[] Queues = ["default", "default", "mail", "reports"];
    private static readonly int[] Priorities = [0, 0, 0, 0, -5, 7, 100];
    private readonly Random _random = new(seed);
    private readonly SteppedClock _clock = new();
    private readonly List<Guid> _known = [];
    private readonly List<Job> _claimed = [];
    private readonly List<(string Name, long InMemory, long InOther)> _nodes = [];
    private JobIds _ids = null!;
    private int _schedules;

    /// <summary>What is done, for the message of a failure.</summary>
    public string Step { get; private set; } = "";

    private DateTimeOffset Now => _clock.Now;

    public async Task RunAsync(int steps)
    {
        _ids = new JobIds(_clock, new Chance(seed));
        for (var i = 0; i < steps; i++)
        {
            await TurnAsync();
            if (i % 25 == 24)
            {
                await CompareAllAsync();
            }
        }
    }

    private async Task TurnAsync()
    {
        _clock.Now += TimeSpan.FromMilliseconds(_random.Next(20_000));
        await (_random.Next(20) switch
        {
            <= 4 => EnqueueAsync(),
            <= 8 => ClaimAsync(),
            <= 12 => FinishAsync(),
            13 => JoinAsync(),
            14 => ChangeAsync(),
            15 => LimitAsync(),
            16 => PutScheduleAsync(),
            17 => FireAsync(),
            18 => SameAsync("reclaim", store => store.ReclaimAsync(Now, Stop)),
            _ => RarelyAsync(),
        });
    }

    private async Task EnqueueAsync()
    {
        var jobs = Enumerable.Range(0, _random.Next(1, 6)).Select(_ => NewJob()).ToList();

        // Of several ended jobs whose key still holds, either may be named.
        await SameAsync("enqueue", async store => (await store.EnqueueAsync(jobs, null, Now, Stop))
            .Select(result => result.Status == EnqueueStatus.Existing ? result with { Id = Guid.Empty } : result).ToList());
    }

    private NewJob NewJob()
    {
        var job = new NewJob
        {
            Id = _random.Next(30) == 0 && _known.Count > 0 ? Any(_known) : _ids.Next(),
            Handler = Any(Handlers),
            Queue = Any(Queues),
            Priority = Any(Priorities),
            IsDelayed = _random.Next(4) == 0,
            RunAt = _random.Next(3) == 0 ? Now + TimeSpan.FromSeconds(_random.Next(-60, 120)) : null,
            ConcurrencyKey = _random.Next(2) == 0 ? $"key {_random.Next(4)}" : null,
            Group = _random.Next(2) == 0 ? $"group {_random.Next(3)}" : null,
            Key = _random.Next(5) == 0 ? $"only {_random.Next(5)}" : null,
            KeyHold = TimeSpan.FromSeconds(_random.Next(2) * 60),
            OnConflict = (OnConflict)_random.Next(2),
            ExpiresAt = _random.Next(8) == 0 ? Now + TimeSpan.FromSeconds(_random.Next(90)) : null,
            After = _random.Next(5) == 0 && _known.Count > 0 ? [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => new After(Any(_known), (AfterCondition)_random.Next(2)))] : [],
            Schedule = _random.Next(6) == 0 ? $"schedule {_random.Next(4)}" : null,
            ScheduleDelay = _random.Next(6) == 0 ? TimeSpan.FromSeconds(30) : null,
            Tags = _random.Next(9) == 0 ? ["a", "b"] : [],
        };
        _known.Add(job.Id);
        return job;
    }

    private async Task ClaimAsync()
    {
        if (_nodes.Count == 0)
        {
            return;
        }

        var node = Any(_nodes);
        var request = new ClaimRequest
        {
            Node = node.Name,
            NodeToken = node.InMemory,
            Limit = _random.Next(6),
            Slots = _random.Next(6),
            Handlers = new Dictionary<string, int?> { ["work"] = null, ["other"] = _random.Next(3) == 0 ? 1 : null },
            Queues = _random.Next(5) == 0 ? new HashSet<string> { "mail", "default" } : null,
        };
        _claimed.AddRange((await SameAsync("claim", store => store.ClaimAsync(ReferenceEquals(store, memory) ? request : request with { NodeToken = node.InOther }, Now, Stop))).Jobs);
    }

    private async Task FinishAsync()
    {
        var finishes = new List<Finish>();
        for (var i = _random.Next(1, 4); i > 0 && _claimed.Count > 0; i--)
        {
            var job = Any(_claimed);
            finishes.Add(new Finish(job, Outcome()) { StartedAt = job.StartedAt!.Value, EndedAt = Now, IsReleased = _random.Next(3) == 0, Progress = _random.Next(3) == 0 ? 50 : null, KeepFor = _random.Next(4) == 0 ? TimeSpan.FromMinutes(_random.Next(12)) : null });
            if (_random.Next(5) > 0)
            {
                _claimed.Remove(job);
            }
        }

        await SameAsync("finish", store => store.FinishAsync(finishes, Now, Stop));
    }

    private Outcome Outcome() => _random.Next(8) switch
    {
        0 => new Outcome.Retry(Now + TimeSpan.FromSeconds(_random.Next(30)), "it broke"),
        1 => new Outcome.Snoozed(Now + TimeSpan.FromSeconds(_random.Next(30))),
        2 => new Outcome.Dead("attempts", "it broke for good"),
        3 => new Outcome.Cancelled("user"),
        4 => new Outcome.Succeeded("""{"sum":42}""") { Then = [NewJob()] },
        _ => new Outcome.Succeeded(),
    };

    // Tokens are each store's own; what they allow is the same.
    private async Task JoinAsync()
    {
        var name = $"node {_random.Next(3)}";
        var duration = TimeSpan.FromSeconds(_random.Next(30, 300));
        await SameAsync("join", async store => await store.AcquireAsync($"node/{name}", name, duration, "{}", Now, Stop) is not null);
        _nodes.RemoveAll(node => node.Name == name);
        _nodes.Add((name, await TokenAsync(memory, name), await TokenAsync(other, name)));
    }

    private async Task<long> TokenAsync(IStore store, string node) => Assert.Single(await store.ListLeasesAsync($"node/{node}", Now, Stop)).Token;

    private Task<IReadOnlyList<Guid>> ChangeAsync()
    {
        var filter = new JobFilter
        {
            Handler = _random.Next(2) == 0 ? Any(Handlers) : null,
            Queue = _random.Next(3) == 0 ? Any(Queues) : null,
            States = _random.Next(2) == 0 ? [(JobState)_random.Next(6), (JobState)_random.Next(6)] : null,
            Ids = _random.Next(2) == 0 && _known.Count > 0 ? [.. Enumerable.Range(0, 5).Select(_ => Any(_known))] : null,
            From = _random.Next(4) == 0 ? Now - TimeSpan.FromMinutes(2) : null,
        };
        var change = (JobChange)_random.Next(3);
        var limit = _random.Next(1, 4);
        return SameAsync("change", store => store.ChangeAsync(filter, change, limit, new Act("me", "cli", "job.change"), Now, Stop));
    }

    private Task<bool> LimitAsync()
    {
        var body = JsonSerializer.Serialize(
            new QueueSettings
            {
                IsPaused = _random.Next(4) == 0,
                MaxConcurrent = _random.Next(2) == 0 ? _random.Next(1, 4) : null,
                MaxRate = _random.Next(3) == 0 ? Rate() : null,
                MaxRatePerGroup = _random.Next(3) == 0 ? Rate() : null,
                IsFair = _random.Next(2) == 0,
            },
            StoreJson.Default.QueueSettings);
        var queue = Any(Queues);
        return SameAsync("limit", store => store.PutDefinitionAsync(DefinitionKinds.Queue, queue, body, null, null, Now, Stop));
    }

    private RateLimit Rate() => new(_random.Next(1, 4), TimeSpan.FromSeconds(_random.Next(1, 3) * 30), _random.Next(1, 4));

    private async Task PutScheduleAsync()
    {
        var name = $"schedule {_random.Next(4)}";
        var before = await memory.GetScheduleAsync(name, Stop);
        var schedule = (before ?? new Schedule
        {
            Id = _ids.Next(),
            Name = name,
            Kind = RecurrenceKind.Every,
            Expression = "30s",
            Handler = "work",
            AnchorAt = Now,
            CreatedAt = Now,
            UpdatedAt = Now,
            MaxCount = _random.Next(3) == 0 ? 5 : null,
            Overlap = (OverlapPolicy)_random.Next(4),
        }) with
        {
            NextAt = Now + TimeSpan.FromSeconds(_random.Next(60)),
            Mode = (ScheduleMode)_random.Next(3),
            Description = $"{++_schedules}",
        };
        await SameAsync("put", store => store.PutSchedulesAsync([schedule], new Act("me", "cli", "schedule.put"), Now, Stop));
    }

    private async Task FireAsync()
    {
        var due = await SameAsync("due", store => store.ListDueAsync(Now, 2, Stop));
        var firings = due.Schedules.Select(schedule => new Firing(schedule.Name, schedule.Id, schedule.Version, schedule.NextAt!.Value, Next(schedule))
        {
            Overlap = schedule.Overlap,
            ConcurrencyKey = schedule.Overlap == OverlapPolicy.Allow ? null : schedule.ConcurrencyKey,
            Jobs = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => NewJob() with { Schedule = schedule.Name, ConcurrencyKey = schedule.ConcurrencyKey, ScheduledAt = schedule.NextAt })],
        }).ToList();
        await SameAsync("fire", store => store.FireAsync(firings, Now, Stop));
        await SameAsync("fire again", store => store.FireAsync(firings, Now, Stop));
    }

    private DateTimeOffset? Next(Schedule schedule) => _random.Next(5) == 0 ? null : schedule.NextAt + TimeSpan.FromSeconds(30);

    private Task RarelyAsync() => _random.Next(5) switch
    {
        0 => SameAsync("shift", async store =>
        {
            await store.ShiftDelaysAsync(TimeSpan.FromSeconds(10), Stop);
            return 0;
        }),
        1 => SameAsync("purge", store => store.PurgeAsync(new Retention(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(6)), 1000, Now, Stop)),
        2 when _claimed.Count > 0 => ReportAsync(),
        3 => ReturnAsync(),
        _ => SameAsync("remove", store => store.RemoveSchedulesAsync([$"schedule {seed % 4}"], null, Now, Stop)),
    };

    private Task<IReadOnlyList<Guid>> ReturnAsync()
    {
        var node = $"node {_random.Next(3)}";
        var known = _claimed.Where(_ => _random.Next(2) == 0).Select(job => (job.Id, job.Token)).ToHashSet();
        return SameAsync("return", store => store.ReturnAsync(node, known, Now, Stop));
    }

    private Task<bool> ReportAsync()
    {
        var job = Any(_claimed);
        return SameAsync("report", store => store.ReportAsync(job.Id, job.Token, 10, Stop));
    }

    private async Task CompareAllAsync()
    {
        await SameAsync("list", store => store.ListAsync(new JobQuery { Limit = 10_000 }, Stop));
        await SameAsync("list of a state", store => store.ListAsync(new JobQuery { Limit = 7, Filter = new JobFilter { States = [JobState.Dead, JobState.Pending], Schedule = "schedule 1" } }, Stop));
        var page = await SameAsync("executions", store => store.ListExecutionsAsync(new ExecutionQuery { Limit = 5 }, Stop));
        await SameAsync("more executions", store => store.ListExecutionsAsync(
            new ExecutionQuery { Limit = 200, After = page.Count == 0 ? null : (page[^1].FinishedAt, page[^1].Job, page[^1].Token) }, Stop));
        await SameAsync("journal", async store => (await store.ReadAsync(new JournalQuery { Limit = 10_000 }, Stop)).Select(entry => entry with { Sequence = 0 }));
        await SameAsync("schedules", store => store.ListSchedulesAsync(new ScheduleQuery(), Stop));
        await SameAsync("summary", async store =>
        {
            var summary = await store.SummarizeAsync(Stop);
            return (Counts: summary.Counts.Select(count => count.ToString()).Order().ToList(), Keys: summary.BusyKeys.Order().ToList(),
                Spent: summary.Spent.Where(spent => spent.FullAt > Now).Select(spent => spent.ToString()).Order(StringComparer.Ordinal).ToList());
        });
    }

    private async Task<T> SameAsync<T>(string step, Func<IStore, Task<T>> ask)
    {
        Step = $"{step} at {Now:T} (seed {seed})";
        var expected = await ask(memory);
        var actual = await ask(other);
        Assert.Equal($"{Step}\n{Text(expected)}", $"{Step}\n{Text(actual)}");
        return expected;
    }

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, Readable);

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, IncludeFields = true };

    private T Any<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
