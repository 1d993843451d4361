using Carillon.AspNetCore.Shapes;
using Carillon.Hosting;
using Carillon.Scheduling;
using Carillon.Server.Configuration;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Tests.Server;

public sealed class ConfigApplierTests : IAsyncLifetime
{
    private const string Hourly = "schedules:\n  - {name: a, handler: heartbeat, every: 1h}\n";
    private static readonly Act Operator = new("ops", "test", "test");
    private CarillonHarness _harness = null!;

    private CarillonInstance Instance => _harness.Services.GetRequiredKeyedService<CarillonInstance>("");

    public async Task InitializeAsync() => _harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("heartbeat", _ => Task.CompletedTask));

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_file_adds_updates_and_prunes_what_is_its_own()
    {
        await ApplyAsync(Hourly);
        var report = await ApplyAsync("schedules:\n  - {name: a, handler: heartbeat, every: 2h}\n  - {name: b, handler: heartbeat, every: 1h}\n");
        var pruned = await ApplyAsync("schedules:\n  - {name: b, handler: heartbeat, every: 1h}\n");

        Assert.Equal("c.yaml: 1 added, 1 updated", $"{report}");
        Assert.Equal("c.yaml: 1 removed, 1 kept", $"{pruned}");
        Assert.Equal(["b"], await NamesAsync());
    }

    [Fact]
    public async Task A_schedule_s_group_is_applied_and_taken_back()
    {
        await ApplyAsync("schedules:\n  - {name: a, handler: heartbeat, every: 1h, group: acme}\n");
        var applied = await _harness.Schedules.GetAsync("a");
        var again = await ApplyAsync("schedules:\n  - {name: a, handler: heartbeat, every: 1h, group: acme}\n");
        var changed = await ApplyAsync(Hourly);

        Assert.Equal("acme", applied!.Group);
        Assert.Equal(("c.yaml: 1 kept", "c.yaml: 1 updated"), ($"{again}", $"{changed}"));
        Assert.Null((await _harness.Schedules.GetAsync("a"))!.Group);
    }

    [Fact]
    public async Task Applying_the_same_file_again_writes_nothing()
    {
        await ApplyAsync(Hourly);
        var entries = (await Instance.Store.ReadAsync(new JournalQuery { Limit = 1000 }, default)).Count;

        await ApplyAsync(Hourly);

        Assert.Equal(entries, (await Instance.Store.ReadAsync(new JournalQuery { Limit = 1000 }, default)).Count);
    }

    [Fact]
    public async Task A_schedule_deleted_by_hand_stays_deleted_until_force()
    {
        await ApplyAsync(Hourly);
        await _harness.Schedules.RemoveAsync("a", Operator);

        var again = await ApplyAsync(Hourly);
        var changed = await ApplyAsync("schedules:\n  - {name: a, handler: heartbeat, every: 3h}\n");
        var afterwards = await NamesAsync();
        await ApplyAsync(Hourly, isForced: true);

        Assert.Equal("c.yaml: 1 left deleted", $"{again}");
        Assert.Contains("--force", Assert.Single(changed.Warnings), StringComparison.Ordinal);
        Assert.Empty(afterwards);
        Assert.Equal(["a"], await NamesAsync());
    }

    [Fact]
    public async Task A_persons_pause_survives_a_change_of_the_file_and_force()
    {
        await ApplyAsync(Hourly);
        await _harness.Schedules.PauseAsync("a", "stocktaking", Operator);

        await ApplyAsync("schedules:\n  - {name: a, handler: heartbeat, every: 2h, enabled: true}\n", isForced: true);

        var schedule = await _harness.Schedules.GetAsync("a");
        Assert.Equal((ScheduleMode.Paused, "stocktaking", "2h"), (schedule!.Mode, schedule.PauseReason, schedule.Expression));
    }

    [Fact]
    public async Task A_pause_that_the_file_caused_ends_with_it()
    {
        await ApplyAsync("schedules:\n  - {name: a, handler: heartbeat, every: 1h, enabled: false}\n");
        var paused = await _harness.Schedules.GetAsync("a");

        await ApplyAsync(Hourly);

        Assert.Equal(ScheduleMode.Paused, paused!.Mode);
        Assert.Equal(ScheduleMode.Live, (await _harness.Schedules.GetAsync("a"))!.Mode);
    }

    [Fact]
    public async Task A_change_by_hand_stays_until_the_file_changes_or_force_is_used()
    {
        await ApplyAsync(Hourly);
        var request = new ScheduleRequest { Name = "a", Handler = "heartbeat", Kind = RecurrenceKind.Every, Expression = "7h", Owner = "c.yaml" };
        await _harness.Schedules.PutAsync(request, Operator);

        await ApplyAsync(Hourly);
        var kept = await _harness.Schedules.GetAsync("a");
        await ApplyAsync(Hourly, isForced: true);

        Assert.Equal("7h", kept!.Expression);
        Assert.Equal("1h", (await _harness.Schedules.GetAsync("a"))!.Expression);
    }

    [Fact]
    public async Task Two_files_do_not_fight_and_a_name_that_another_holds_is_reported_and_left_alone()
    {
        await ApplyAsync(Hourly, "a.yaml");

        var second = await ApplyAsync("schedules:\n  - {name: a, handler: heartbeat, every: 5h}\n  - {name: b, handler: heartbeat, every: 5h}\n", "b.yaml", isForced: true);
        await ApplyAsync("schedules: []", "b.yaml");

        Assert.Equal("b.yaml: 1 added, 1 held by others", $"{second}");
        Assert.Contains("belongs to a.yaml", Assert.Single(second.Warnings), StringComparison.Ordinal);
        Assert.Equal("1h", (await _harness.Schedules.GetAsync("a"))!.Expression);
        Assert.Equal(["a"], await NamesAsync());
    }

    [Fact]
    public async Task A_schedule_made_by_hand_is_not_touched()
    {
        await _harness.Schedules.PutAsync(new ScheduleRequest { Name = "a", Handler = "heartbeat", Kind = RecurrenceKind.Every, Expression = "9h" }, Operator);

        var report = await ApplyAsync(Hourly);

        Assert.Contains("was made by hand", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Equal("9h", (await _harness.Schedules.GetAsync("a"))!.Expression);
    }

    [Fact]
    public async Task An_unknown_handler_is_a_warning_and_the_schedule_is_made_all_the_same()
    {
        var report = await ApplyAsync("schedules:\n  - {name: a, handler: hartbeat, every: 1h}\n");

        Assert.Equal("c.yaml:2: no live node has the handler 'hartbeat' (did you mean 'heartbeat'?); the jobs of 'a' wait until one has.", Assert.Single(report.Warnings));
        Assert.Equal(["a"], await NamesAsync());
    }

    [Fact]
    public async Task A_schedule_that_never_fires_leaves_everything_as_it_was()
    {
        await ApplyAsync(Hourly);
        const string never = "schedules:\n  - {name: a, handler: heartbeat, every: 2h}\n  - {name: b, handler: heartbeat, cron: 0 0 31 2 *}\n";

        await Assert.ThrowsAsync<InvalidRequestException>(() => ApplyAsync(never));

        Assert.Equal("1h", (await _harness.Schedules.GetAsync("a"))!.Expression);
    }

    [Fact]
    public async Task A_trial_says_what_would_be_done_and_does_nothing()
    {
        var report = await new ConfigApplier(Instance).ApplyAsync(Read(Hourly, "c.yaml"), isForced: false, isTrial: true, default);

        Assert.Equal("c.yaml: 1 added", $"{report}");
        Assert.Empty(await NamesAsync());
    }

    [Fact]
    public async Task Calendars_are_put_before_the_schedules_that_use_them_and_a_change_by_hand_stays()
    {
        const string Schedules = "schedules:\n  - {name: a, handler: heartbeat, text: every weekday at 9am, calendar: holidays, businessDay: next}\n";
        const string Calendars = "calendars:\n  holidays: {calendars: {union: [public]}}\n  public: {exclude: [--12-25]}\n";
        await ApplyAsync(Calendars + Schedules);
        await Instance.Calendars.PutAsync("public", "{}", Operator);
        await ApplyAsync(Calendars + Schedules);
        var kept = (await Instance.Calendars.GetAsync("public"))!.Body;
        await ApplyAsync(Calendars.Replace("--12-25", "--12-26", StringComparison.Ordinal) + Schedules);

        Assert.Equal(("{}", """{"exclude":["--12-26"]}"""), (kept, (await Instance.Calendars.GetAsync("public"))!.Body));
        Assert.Contains("--12-26", (await _harness.Schedules.GetAsync("a"))!.Calendars, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_of_queues_follow_the_file_and_a_change_by_hand_stays()
    {
        await ApplyAsync("queues: {mails: 5}");
        await Instance.Queues.LimitAsync("mails", 9, Operator);
        await ApplyAsync("queues: {mails: 5}");
        var kept = await LimitAsync();
        await ApplyAsync("queues: {mails: 6}");
        var changed = await LimitAsync();
        await ApplyAsync("schedules: []");

        Assert.Equal((9, 6, null), (kept, changed, await LimitAsync()));
    }

    [Fact]
    public async Task The_default_heartbeat_is_made_once_and_stays_deleted()
    {
        await DefaultSchedules.ApplyAsync(Instance, default);
        var made = await NamesAsync();
        await _harness.Schedules.RemoveAsync("system_heartbeat", Operator);
        await DefaultSchedules.ApplyAsync(Instance, default);

        Assert.Equal(["system_heartbeat"], made);
        Assert.Empty(await NamesAsync());
    }

    [Fact]
    public async Task The_default_heartbeat_is_not_made_beside_an_enabled_schedule_of_its_handler_and_a_file_may_take_it_over()
    {
        await ApplyAsync(Hourly);
        await DefaultSchedules.ApplyAsync(Instance, default);
        var beside = await NamesAsync();
        await ApplyAsync("schedules: []");
        await DefaultSchedules.ApplyAsync(Instance, default);
        await ApplyAsync("schedules:\n  - {name: system_heartbeat, handler: system_heartbeat, every: 1m}\n");

        Assert.Equal(["a"], beside);
        Assert.Equal(("c.yaml", "1m"), ((await _harness.Schedules.GetAsync("system_heartbeat"))!.Owner, (await _harness.Schedules.GetAsync("system_heartbeat"))!.Expression));
    }

    private Task<ApplyReport> ApplyAsync(string yaml, string path = "c.yaml", bool isForced = false) =>
        new ConfigApplier(Instance).ApplyAsync(Read(yaml, path), isForced, isTrial: false, default);

    private static ConfigFile Read(string yaml, string path)
    {
        var file = ConfigFileReader.Read(path, yaml, ScheduleBody.Read, out var faults);
        Assert.Empty(faults);
        return file!;
    }

    private async Task<IReadOnlyList<string>> NamesAsync() => [.. (await _harness.Schedules.ListAsync(new ScheduleQuery())).Select(schedule => schedule.Name)];

    private async Task<int?> LimitAsync() => (await Instance.Queues.ListAsync()).FirstOrDefault(queue => queue.Name == "mails")?.Settings.MaxConcurrent;
}
