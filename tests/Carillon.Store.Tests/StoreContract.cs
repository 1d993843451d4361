namespace Carillon.Store.Tests;

/// <summary>
/// The meaning of the seam, run for every store. Instants are virtual and whole milliseconds; nothing is asked of a store but what
/// <see cref="IStore"/> offers.
/// </summary>
public abstract partial class StoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly CancellationToken Stop = CancellationToken.None;

    private readonly SetClock _clock = new(Noon);
    private readonly JobIds _ids;

    protected StoreContract() => _ids = new JobIds(_clock, new Chance(1));

    private IStore Store { get; set; } = null!;

    /// <summary>A new, empty store, opened.</summary>
    private protected abstract Task<IStore> CreateStoreAsync();

    /// <summary>What is left to clean up once the store is disposed.</summary>
    private protected virtual Task CleanUpAsync() => Task.CompletedTask;

    public async Task InitializeAsync() => Store = await CreateStoreAsync();

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await CleanUpAsync();
    }

    private NewJob Ask(string handler = "work") => new() { Id = _ids.Next(), Handler = handler };

    private async Task<EnqueueResult> EnqueueAsync(NewJob job, DateTimeOffset? now = null) =>
        Assert.Single(await Store.EnqueueAsync([job], null, now ?? Noon, Stop));

    /// <summary>A job that stands as asked.</summary>
    private async Task<Job> MakeAsync(NewJob job, DateTimeOffset? now = null)
    {
        Assert.Equal(EnqueueStatus.Created, (await EnqueueAsync(job, now)).Status);
        return await LoadAsync(job.Id);
    }

    private async Task<Job> LoadAsync(Guid id) => Assert.IsType<Job>(await Store.GetAsync(id, Stop));

    private Task AssertStateAsync(Guid id, JobState state) => AssertStateAsync(id, state, null);

    private async Task AssertStateAsync(Guid id, JobState state, string? reason)
    {
        var job = await LoadAsync(id);
        Assert.Equal((state, reason), (job.State, job.Reason));
    }

    /// <summary>A node whose lease lasts, unless told otherwise, longer than any test.</summary>
    private async Task<Node> JoinAsync(string name, DateTimeOffset? now = null, TimeSpan? lease = null)
    {
        var held = await Store.AcquireAsync($"node/{name}", name, lease ?? TimeSpan.FromDays(3650), "{}", now ?? Noon, Stop);
        return new Node(name, Assert.IsType<Lease>(held).Token);
    }

    private static ClaimRequest RequestOf(Node node, int limit = 10) => new()
    {
        Node = node.Name,
        NodeToken = node.Token,
        Limit = limit,
        Handlers = new Dictionary<string, int?> { ["work"] = null, ["other"] = null },
    };

    private Task<ClaimBatch> ClaimAsync(Node node, DateTimeOffset? now = null, int limit = 10) =>
        Store.ClaimAsync(RequestOf(node, limit), now ?? Noon, Stop);

    private async Task<Job> ClaimOneAsync(Node node, DateTimeOffset? now = null) => Assert.Single((await ClaimAsync(node, now)).Jobs);

    /// <summary>A job that runs on a node of its own.</summary>
    private async Task<Job> RunAsync(NewJob? job = null, DateTimeOffset? now = null)
    {
        job ??= Ask();
        await MakeAsync(job, now);
        return await ClaimOneAsync(await JoinAsync("a", now), now);
    }

    private static Finish EndOf(Job job, Outcome outcome, DateTimeOffset now) => new(job, outcome) { StartedAt = job.StartedAt ?? now, EndedAt = now };

    private async Task<bool> FinishAsync(Job job, Outcome outcome, DateTimeOffset? now = null) =>
        Assert.Single(await Store.FinishAsync([EndOf(job, outcome, now ?? Noon)], now ?? Noon, Stop));

    /// <summary>Runs it to its end and says how it stands then.</summary>
    private async Task<Job> EndAsync(Job job, Outcome outcome, DateTimeOffset? now = null)
    {
        Assert.True(await FinishAsync(job, outcome, now));
        return await LoadAsync(job.Id);
    }

    private static Outcome.Succeeded Done => new();

    private static Outcome.Dead Failed => new("attempts", "it broke");

    /// <summary>Page by page to the end; a store that goes in circles is stopped.</summary>
    private static async Task<List<T>> ReadPagesAsync<T>(Func<T?, Task<IReadOnlyList<T>>> next) where T : class
    {
        var read = new List<T>();
        while (await next(read.LastOrDefault()) is { Count: > 0 } page)
        {
            read.AddRange(page);
            Assert.True(read.Count < 1000, "The pages do not end.");
        }

        return read;
    }

    private sealed record Node(string Name, long Token);

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
