using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Store.Memory;

namespace Carillon.Tests.Hosting;

public sealed class CodeSchedulesTests
{
    private static readonly Act Ada = new("ada", "cli", "schedule.change");
    private readonly MemoryStore _store = new();

    [Fact]
    public async Task Schedules_of_the_code_stand_once_the_host_has_started()
    {
        await using var host = await TestHost.StartAsync(With("0 5 * * *", queue: "paper"), _store);

        var schedule = await host.Schedules.GetAsync("letters");

        Assert.Equal(("code", "letters", "0 5 * * *", "paper"), (schedule!.Owner, schedule.Handler, schedule.Expression, schedule.Queue));
        Assert.NotNull(schedule.NextAt);
    }

    [Fact]
    public async Task A_schedule_of_the_code_is_read_in_its_dialect()
    {
        await using var host = await TestHost.StartAsync(With("0 0 12 ? * 2", dialect: "quartz"), _store);

        var schedule = await host.Schedules.GetAsync("letters");

        Assert.Equal(("quartz", DayOfWeek.Monday), (schedule!.Dialect, schedule.NextAt!.Value.DayOfWeek));
    }

    [Fact]
    public async Task An_operators_pause_survives_the_next_start_and_the_next_version()
    {
        await using (var first = await TestHost.StartAsync(With("0 5 * * *"), _store))
        {
            await first.Schedules.PauseAsync("letters", "holidays", Ada);
        }

        await using var second = await TestHost.StartAsync(With("0 6 * * *"), _store);

        var schedule = await second.Schedules.GetAsync("letters");
        Assert.Equal((ScheduleMode.Paused, "holidays", "0 6 * * *"), (schedule!.Mode, schedule.PauseReason, schedule.Expression));
    }

    [Fact]
    public async Task A_start_with_the_same_code_changes_nothing()
    {
        await using (await TestHost.StartAsync(With("0 5 * * *"), _store))
        {
        }

        var before = await _store.GetScheduleAsync("letters", CancellationToken.None);
        await using var second = await TestHost.StartAsync(With("0 5 * * *"), _store);

        Assert.Equal(before, await second.Schedules.GetAsync("letters"));
    }

    [Fact]
    public async Task A_schedule_goes_with_the_code_it_stood_on_and_no_other_does()
    {
        await using (var first = await TestHost.StartAsync(With("0 5 * * *"), _store))
        {
            await first.Schedules.PutAsync(Request("by-hand"), Ada);
        }

        await using var second = await TestHost.StartAsync(static _ => { }, _store);

        Assert.Null(await second.Schedules.GetAsync("letters"));
        Assert.NotNull(await second.Schedules.GetAsync("by-hand"));
    }

    [Fact]
    public async Task A_schedule_of_that_name_that_somebody_else_owns_is_left_alone()
    {
        await using (var first = await TestHost.StartAsync(static _ => { }, _store))
        {
            await first.Schedules.PutAsync(Request("letters"), Ada);
        }

        await using var second = await TestHost.StartAsync(With("0 5 * * *"), _store);

        Assert.Equal("30 1 * * *", (await second.Schedules.GetAsync("letters"))!.Expression);
    }

    [Fact]
    public async Task A_host_whose_code_has_a_wrong_expression_does_not_start()
    {
        await using var host = TestHost.Build(With("0 25 * * *"), _store);

        await Assert.ThrowsAsync<InvalidRequestException>(host.StartAsync);
    }

    private static ScheduleRequest Request(string name) => new() { Name = name, Handler = "letters", Kind = RecurrenceKind.Cron, Expression = "30 1 * * *" };

    private static Action<CarillonBuilder> With(string cron, string? queue = null, string? dialect = null) => carillon => carillon.Handle(new HandlerDefinition
    {
        Name = "letters",
        Queue = queue,
        Run = static _ => Task.FromResult<Outcome?>(null),
        Schedules = [new HandlerSchedule(RecurrenceKind.Cron, cron) { Dialect = dialect }],
    });
}
