using System.Collections.Concurrent;
using Carillon.Postgres;

namespace Carillon.Store.Tests.Postgres;

/// <summary>Several processes at once on one database: what must never happen, however they interleave.</summary>
public sealed class PostgresRaceTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly PostgresSchema _schema = new();
    private readonly JobIds _ids = new(TimeProvider.System, new Chance(7));
    private readonly List<PostgresStore> _stores = [];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            _stores.Add(await _schema.OpenAsync());
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await _schema.DisposeAsync();
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Thirty_two_claimers_get_each_job_once()
    {
        await EnqueueAsync(2_000, i => New() with { Queue = $"queue {i % 3}", Priority = i % 2 });
        var claimed = new ConcurrentBag<Guid>();

        await RaceAsync(async (store, node) =>
        {
            while (await ClaimAsync(store, node, 37) is { Count: > 0 } jobs)
            {
                jobs.ForEach(job => claimed.Add(job.Id));
            }
        });

        Assert.Equal(2_000, claimed.Count);
        Assert.Equal(2_000, claimed.Distinct().Count());
    }

    [Fact]
    public async Task Limits_hold_while_claimers_and_finishers_race()
    {
        await _stores[0].PutDefinitionAsync(DefinitionKinds.Queue, "narrow", """{"maxConcurrent":5}""", null, null, Now, Stop);
        await EnqueueAsync(240, i => New() with { Queue = i % 2 == 0 ? "narrow" : "wide", Handler = i % 4 < 2 ? "few" : "work" });
        var running = new RunningCount();

        await RaceAsync((store, node) => WorkAsync(store, node, running, limit: 4));

        Assert.Equal(240, running.Ended);
        Assert.InRange(running.MostOf("queue narrow"), 1, 5);
        Assert.InRange(running.MostOf("handler few"), 1, 3);
    }

    [Fact]
    public async Task Of_a_concurrency_key_one_runs_and_none_is_left_behind()
    {
        await EnqueueAsync(280, i => New() with { ConcurrencyKey = $"key {i % 7}", Queue = $"queue {i % 2}" });
        var running = new RunningCount();

        await RaceAsync((store, node) => WorkAsync(store, node, running, limit: 10));

        Assert.Equal(280, running.Ended);
        Assert.All(Enumerable.Range(0, 7), i => Assert.Equal(1, running.MostOf($"key key {i}")));
        Assert.Empty((await _stores[0].SummarizeAsync(Stop)).Counts);
    }

    [Fact]
    public async Task Of_one_key_one_job_is_made_whoever_asks()
    {
        var made = new ConcurrentBag<(int Key, EnqueueResult Result)>();

        await RaceAsync(async (store, _) =>
        {
            for (var key = 0; key < 20; key++)
            {
                var asked = New() with { Key = $"only {key}", KeyHold = TimeSpan.FromHours(1) };
                made.Add((key, Assert.Single(await store.EnqueueAsync([asked], null, Now, Stop))));
            }
        });

        Assert.All(made.GroupBy(entry => entry.Key), answers =>
        {
            Assert.Single(answers, answer => answer.Result.Status == EnqueueStatus.Created);
            Assert.Single(answers.Select(answer => answer.Result.Id).Distinct());
        });
    }

    [Fact]
    public async Task A_job_that_waits_for_one_that_ends_meanwhile_is_never_left_waiting()
    {
        await EnqueueAsync(100, _ => New() with { Handler = "parent" });
        var parents = await _stores[0].ListAsync(new JobQuery { Limit = 200 }, Stop);

        await RaceAsync(async (store, node) =>
        {
            for (var jobs = await ClaimAsync(store, node, 3); jobs.Count > 0; jobs = await ClaimAsync(store, node, 3))
            {
                var children = jobs.ConvertAll(job => New() with { Handler = "child", After = [new After(job.Id), new After(parents[0].Id, AfterCondition.AnyEnd)] });
                await Task.WhenAll(store.EnqueueAsync(children, null, Now, Stop), FinishAsync(_stores[1], jobs.FindAll(job => job.Handler == "parent")), FinishAsync(_stores[2], jobs.FindAll(job => job.Handler != "parent")));
            }
        }, ["parent"]);

        var waiting = await _stores[0].ListAsync(new JobQuery { Filter = new JobFilter { States = [JobState.Waiting] } }, Stop);
        Assert.Empty(waiting);
        Assert.Equal(100, (await _stores[0].ListAsync(new JobQuery { Filter = new JobFilter { Handler = "child" }, Limit = 200 }, Stop)).Count);
    }

    [Fact]
    public async Task An_instant_of_a_schedule_makes_one_job_whoever_fires_it()
    {
        var now = Now;
        var schedule = new Schedule { Id = _ids.Next(), Name = "each", Kind = RecurrenceKind.Every, Expression = "1s", Handler = "work", AnchorAt = now, CreatedAt = now, UpdatedAt = now, NextAt = now, Overlap = OverlapPolicy.Allow };
        await _stores[0].PutSchedulesAsync([schedule], null, now, Stop);
        var applied = new ConcurrentBag<DateTimeOffset>();

        await RaceAsync(async (store, _) =>
        {
            for (var at = now; at < now + TimeSpan.FromSeconds(10); at += TimeSpan.FromSeconds(1))
            {
                var firing = new Firing("each", schedule.Id, 1, at, at + TimeSpan.FromSeconds(1)) { Jobs = [New() with { Schedule = "each", ScheduledAt = at }] };
                if (Assert.Single(await store.FireAsync([firing], Now, Stop)).IsApplied)
                {
                    applied.Add(at);
                }
            }
        });

        Assert.Equal(10, applied.Count);
        Assert.Equal(10, applied.Distinct().Count());
        Assert.Equal(10, (await _stores[0].ListAsync(new JobQuery(), Stop)).Count);
    }

    [Fact]
    public async Task Another_process_hears_of_a_new_job()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stores[1].Signalled += signal =>
        {
            if (signal.HasFlag(StoreSignal.Jobs))
            {
                heard.TrySetResult();
            }
        };

        await _stores[0].EnqueueAsync([New()], null, Now, Stop);

        await heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private NewJob New() => new() { Id = _ids.Next(), Handler = "work" };

    private async Task EnqueueAsync(int count, Func<int, NewJob> make) =>
        await _stores[0].EnqueueAsync([.. Enumerable.Range(0, count).Select(make)], null, Now, Stop);

    /// <summary>32 nodes, on the four processes.</summary>
    private Task RaceAsync(Func<PostgresStore, Node, Task> work, string[]? handlers = null) => Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
    {
        var store = _stores[i % _stores.Count];
        var lease = await store.AcquireAsync($"node/{i}", $"{i}", TimeSpan.FromHours(1), "{}", Now, Stop);
        await work(store, new Node($"{i}", lease!.Token, handlers));
    })));

    private static async Task<List<Job>> ClaimAsync(PostgresStore store, Node node, int limit) => (await ClaimBatchAsync(store, node, limit)).Jobs.ToList();

    private static Task<ClaimBatch> ClaimBatchAsync(PostgresStore store, Node node, int limit) => store.ClaimAsync(
        new ClaimRequest
        {
            Node = node.Name,
            NodeToken = node.Token,
            Limit = limit,
            Handlers = node.Handlers?.ToDictionary(name => name, _ => (int?)null) ?? new Dictionary<string, int?> { ["work"] = null, ["few"] = 3 },
        },
        Now,
        Stop);

    private static async Task FinishAsync(PostgresStore store, List<Job> jobs) =>
        Assert.DoesNotContain(false, await store.FinishAsync([.. jobs.Select(job => new Finish(job, new Outcome.Succeeded()) { StartedAt = Now, EndedAt = Now })], Now, Stop));

    /// <summary>Claims and finishes until nothing is live any more.</summary>
    private static async Task WorkAsync(PostgresStore store, Node node, RunningCount running, int limit)
    {
        while (true)
        {
            var jobs = await ClaimAsync(store, node, limit);
            jobs.ForEach(running.Begin);
            if (jobs.Count > 0)
            {
                jobs.ForEach(running.End);
                await FinishAsync(store, jobs);
            }
            else if ((await store.SummarizeAsync(Stop)).Counts.Count == 0)
            {
                return;
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }
        }
    }

    private sealed record Node(string Name, long Token, string[]? Handlers);

    /// <summary>What runs at once, as the claimers see it: from the claim's answer to just before the end is sent.</summary>
    private sealed class RunningCount
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, int> _now = [];
        private readonly Dictionary<string, int> _most = [];

        public int Ended { get; private set; }

        public int MostOf(string name) => _most.GetValueOrDefault(name);

        public void Begin(Job job)
        {
            lock (_lock)
            {
                foreach (var name in NamesOf(job))
                {
                    _now[name] = _now.GetValueOrDefault(name) + 1;
                    _most[name] = Math.Max(_most.GetValueOrDefault(name), _now[name]);
                }
            }
        }

        public void End(Job job)
        {
            lock (_lock)
            {
                Ended++;
                foreach (var name in NamesOf(job))
                {
                    _now[name]--;
                }
            }
        }

        private static string[] NamesOf(Job job) => [$"queue {job.Queue}", $"handler {job.Handler}", $"key {job.ConcurrencyKey}"];
    }
}
