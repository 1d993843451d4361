using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Store.Memory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Scheduling;

public sealed class SchedulePauseTests : IAsyncDisposable
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly MemoryStore _store = new();
    private readonly SetClock _clock = new(Sample.Noon);
    private readonly ScheduleStep _step;
    private readonly ScheduleClient _client;

    public SchedulePauseTests()
    {
        var ids = new JobIds(_clock, new Chance(1));
        _step = new ScheduleStep(_store, _clock, new Chance(2), ids, NullLogger<ScheduleStep>.Instance);
        _client = new ScheduleClient(_store, _clock, ids, new ScheduleDefaults("Europe/Berlin"));
    }

    [Fact]
    public async Task Paused_instants_are_recorded_and_not_caught_up()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);
        await _client.PauseAsync("letters", "flood", Sample.Ada);
        await RunAtAsync(TimeSpan.FromHours(3.5));

        var resumed = await _client.ResumeAsync("letters", Sample.Ada);
        await RunAtAsync(TimeSpan.FromHours(3.6));

        Assert.Equal((ScheduleMode.Live, null, "4h"), (resumed!.Mode, resumed.PauseReason, Sample.Offset(resumed.NextAt)));
        Assert.Empty(await JobsAsync());
        Assert.Equal("paused 1h..3h ×3", Sample.Facts(await _store.ReadAsync(new JournalQuery { Kinds = [JournalKinds.Skipped] }, Stop)));
    }

    [Fact]
    public async Task A_pause_says_why_and_who_and_twice_is_once()
    {
        await _client.PutAsync(Sample.Request(), Sample.Ada);

        var paused = await _client.PauseAsync("letters", "flood", Sample.Ada);
        var again = await _client.PauseAsync("letters", "flood", Sample.Ada with { Who = "bob" });

        Assert.Equal((ScheduleMode.Paused, "flood", "ada"), (paused!.Mode, paused.PauseReason, paused.PausedBy));
        Assert.Equal(paused, again);
        Assert.Null(await _client.PauseAsync("nobody", null, Sample.Ada));
        Assert.Null(await _client.ResumeAsync("nobody", Sample.Ada));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shadow_is_never_paused_into_life(bool isPut)
    {
        await _client.PutAsync(Sample.Request() with { Mode = ScheduleMode.Shadow }, Sample.Ada);

        var paused = isPut ? (await _client.PutAsync(Sample.Request() with { Mode = ScheduleMode.Paused }, Sample.Ada)).Schedule : await _client.PauseAsync("letters", null, Sample.Ada);
        var resumed = isPut ? (await _client.PutAsync(Sample.Request() with { Mode = ScheduleMode.Live }, Sample.Ada)).Schedule : await _client.ResumeAsync("letters", Sample.Ada);

        Assert.Equal((ScheduleMode.Paused, ScheduleMode.Shadow), (paused!.Mode, resumed!.Mode));
    }

    [Fact]
    public async Task A_resumed_fixed_delay_goes_on()
    {
        await _client.PutAsync(Sample.Request() with { Kind = RecurrenceKind.Every, Expression = "5m after end" }, Sample.Ada);
        await RunAtAsync(TimeSpan.FromMinutes(5));
        await _client.PauseAsync("letters", null, Sample.Ada);
        var awaited = await _client.ResumeAsync("letters", Sample.Ada);
        await _client.PauseAsync("letters", null, Sample.Ada);
        await _store.ChangeAsync(new JobFilter { Schedule = "letters" }, JobChange.Cancel, 10, null, _clock.Now, Stop);

        var resumed = await _client.ResumeAsync("letters", Sample.Ada);

        Assert.Null(awaited!.NextAt);
        Assert.Equal("10m", Sample.Offset(resumed!.NextAt));
    }

    private async Task RunAtAsync(TimeSpan afterNoon)
    {
        _clock.Now = Sample.Noon + afterNoon;
        await _step.RunOnceAsync(Stop);
    }

    private Task<IReadOnlyList<Job>> JobsAsync() => _store.ListAsync(new JobQuery { Limit = 200 }, Stop);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
