using Carillon.Jobs;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Testing;

namespace Carillon.Tests.Jobs;

public sealed class QueueClientTests
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private static readonly Act Ada = new("ada", "cli", "queue.change");
    private readonly VirtualClock _clock = new();
    private readonly MemoryStore _store = new();
    private readonly QueueClient _client;

    public QueueClientTests() => _client = new QueueClient(_store, _clock);

    [Fact]
    public async Task There_is_always_a_default_queue()
    {
        var queue = Assert.Single(await _client.ListAsync());

        Assert.Equal(("default", 0, new QueueSettings()), (queue.Name, queue.Pending, queue.Settings));
    }

    [Fact]
    public async Task A_queue_shows_its_live_jobs_and_the_earliest_that_waits()
    {
        var ids = new JobIds(_clock, new Chance(1));
        var now = _clock.GetUtcNow();
        await _store.EnqueueAsync(
            [new NewJob { Id = ids.Next(), Handler = "a", Queue = "paper", RunAt = now.AddHours(2) }, new NewJob { Id = ids.Next(), Handler = "b", Queue = "paper", RunAt = now.AddHours(1) }], null, now, Stop);

        var queue = (await _client.ListAsync()).Single(queue => queue.Name == "paper");

        Assert.Equal((2, 0, now.AddHours(1)), (queue.Pending, queue.Running, queue.OldestRunAt));
    }

    [Fact]
    public async Task Pause_limit_and_resume_each_change_their_own_part_and_are_recorded()
    {
        await _client.PauseAsync("paper", "no paper", Ada);
        await _client.LimitAsync("paper", 3, Ada);
        var paused = await SettingsAsync();
        await _client.ResumeAsync("paper", Ada);

        Assert.Equal(new QueueSettings { IsPaused = true, PauseReason = "no paper", PausedBy = "ada", MaxConcurrent = 3 }, paused);
        Assert.Equal(new QueueSettings { MaxConcurrent = 3 }, await SettingsAsync());
        Assert.Equal(3, (await _store.ReadAsync(new JournalQuery { Subject = new Subject(SubjectKind.Queue, "paper") }, Stop)).Count);
    }

    [Fact]
    public async Task Of_two_who_act_at_once_neither_is_lost()
    {
        await Task.WhenAll(
            Task.Run(() => Task.WhenAll(Enumerable.Range(1, 50).Select(limit => _client.LimitAsync("paper", limit, Ada)))),
            Task.Run(() => Task.WhenAll(Enumerable.Range(1, 50).Select(_ => _client.PauseAsync("paper", "busy", Ada)))));

        var settings = await SettingsAsync();
        Assert.True(settings.IsPaused);
        Assert.NotNull(settings.MaxConcurrent);
        Assert.Equal(100, (await _store.GetDefinitionAsync(DefinitionKinds.Queue, "paper", Stop))!.Version);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_001)]
    public async Task A_limit_that_is_none_is_refused(int limit)
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.LimitAsync("paper", limit, Ada));

        Assert.Equal("maxConcurrent", error.Faults[0].Field);
    }

    [Fact]
    public async Task A_name_that_is_none_is_refused() => await Assert.ThrowsAsync<InvalidRequestException>(() => _client.PauseAsync(" paper", null, Ada));

    private async Task<QueueSettings> SettingsAsync() => (await _client.ListAsync()).Single(queue => queue.Name == "paper").Settings;
}
