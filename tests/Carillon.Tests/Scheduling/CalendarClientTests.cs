using Carillon.Language;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Store.Memory;

namespace Carillon.Tests.Scheduling;

public sealed class CalendarClientTests : IAsyncDisposable
{
    // A Friday.
    private static readonly DateTimeOffset Now = new(2027, 5, 14, 8, 0, 0, TimeSpan.Zero);
    private readonly MemoryStore _store = new();
    private readonly ScheduleClient _schedules;
    private readonly CalendarClient _calendars;

    public CalendarClientTests()
    {
        var clock = new SetClock(Now);
        _schedules = new ScheduleClient(_store, clock, new JobIds(clock, new Chance(1)), new ScheduleDefaults("UTC"));
        _calendars = new CalendarClient(_store, clock, _schedules);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_schedule_leaves_out_what_its_calendar_excludes()
    {
        await PutAsync("holidays", """{"exclude":["2027-05-17"]}""");

        var result = await _schedules.PutAsync(Weekdays with { Calendar = "holidays" }, Sample.Ada);

        Assert.Equal(At(18), result.Schedule!.NextAt);
    }

    [Fact]
    public async Task A_schedule_moves_to_a_business_day()
    {
        await PutAsync("holidays", """{"exclude":["2027-05-17"]}""");

        var result = await _schedules.PutAsync(Weekdays with { Expression = "on the 15th at 7", Calendar = "holidays", BusinessDay = BusinessDayPolicy.Next }, Sample.Ada);

        Assert.Equal(At(18), result.Schedule!.NextAt);
    }

    [Fact]
    public async Task A_calendar_that_is_changed_plans_its_schedules_anew()
    {
        await PutAsync("public", "{}");
        await PutAsync("holidays", """{"calendars":{"union":["public"]}}""");
        var before = (await _schedules.PutAsync(Weekdays with { Calendar = "holidays" }, Sample.Ada)).Schedule!;

        await PutAsync("public", """{"exclude":["2027-05-17"]}""");

        var after = (await _schedules.GetAsync("letters"))!;
        Assert.Equal((At(17), At(18)), (before.NextAt, after.NextAt));
        Assert.Equal(before.Version + 1, after.Version);
    }

    [Fact]
    public async Task A_calendar_that_stays_as_it_is_touches_nothing()
    {
        await PutAsync("holidays", """{"exclude":["2027-05-17"]}""");
        var before = (await _schedules.PutAsync(Weekdays with { Calendar = "holidays" }, Sample.Ada)).Schedule;

        Assert.False(await PutAsync("holidays", """{"exclude":["2027-05-17"]}"""));

        Assert.Equal(before, await _schedules.GetAsync("letters"));
        Assert.Equal(1, (await _calendars.GetAsync("holidays"))!.Version);
    }

    [Fact]
    public async Task A_paused_schedule_keeps_the_instant_at_which_it_was_paused()
    {
        await PutAsync("holidays", "{}");
        await _schedules.PutAsync(Weekdays with { Calendar = "holidays" }, Sample.Ada);
        await _schedules.PauseAsync("letters", null, Sample.Ada);

        await PutAsync("holidays", """{"exclude":["2027-05-17"]}""");

        Assert.Equal(At(17), (await _schedules.GetAsync("letters"))!.NextAt);
        Assert.Equal(At(18), (await _schedules.ResumeAsync("letters", Sample.Ada))!.NextAt);
    }

    [Fact]
    public async Task A_calendar_that_is_used_is_not_removed()
    {
        await PutAsync("public", "{}");
        await PutAsync("holidays", """{"calendars":{"union":["public"]}}""");
        await _schedules.PutAsync(Weekdays with { Calendar = "holidays" }, Sample.Ada);

        Assert.Equal(["schedule 'letters'"], (await _calendars.RemoveAsync("holidays", Sample.Ada)).UsedBy);
        Assert.Equal(["calendar 'holidays'"], (await _calendars.RemoveAsync("public", Sample.Ada)).UsedBy);
        await _schedules.RemoveAsync("letters", Sample.Ada);
        Assert.True((await _calendars.RemoveAsync("holidays", Sample.Ada)).IsRemoved);
        Assert.False((await _calendars.RemoveAsync("holidays", Sample.Ada)).IsRemoved);
    }

    [Fact]
    public async Task A_calendar_that_does_not_exist_is_a_fault_of_the_schedule()
    {
        var refusal = await Assert.ThrowsAsync<InvalidRequestException>(() => _schedules.PutAsync(Weekdays with { Calendar = "nobody" }, Sample.Ada));

        Assert.Equal("calendar", Assert.Single(refusal.Faults).Field);
    }

    [Fact]
    public async Task A_calendar_that_leaves_nothing_of_a_schedule_is_a_fault_of_the_schedule()
    {
        await PutAsync("sundays", """{"weekly":["sun"]}""");

        var refusal = await Assert.ThrowsAsync<InvalidRequestException>(() => _schedules.PutAsync(Weekdays with { Calendar = "sundays" }, Sample.Ada));

        Assert.Equal("calendar", Assert.Single(refusal.Faults).Field);
    }

    [Fact]
    public async Task A_calendar_is_explained_by_the_clocks_of_the_schedules_zone()
    {
        await PutAsync("office", """{"zone":"Europe/Berlin","weekly":["mon-fri 09:00-17:00"]}""");
        var put = await _schedules.PutAsync(Weekdays with { Expression = "the last business day of every month at 16:30", Zone = "Europe/Berlin", Calendar = "office" }, Sample.Ada);

        Assert.Equal(new DateTimeOffset(2027, 5, 31, 14, 30, 0, TimeSpan.Zero), put.Schedule!.NextAt);
        Assert.DoesNotContain("never fires", Timetable.Read(put.Schedule!, out _)!.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_zones_of_which_nothing_is_left_are_told()
    {
        await PutAsync("office", """{"zone":"Europe/Berlin","weekly":["mon-fri 09:00-17:00"]}""");

        var refusal = await Assert.ThrowsAsync<InvalidRequestException>(() => _schedules.PutAsync(Weekdays with { Expression = "every weekday at 16:30", Calendar = "office" }, Sample.Ada));

        Assert.Contains("Europe/Berlin, the schedule's by those of UTC", $"{Assert.Single(refusal.Faults)}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("holidays", """{"exclude":["tomorrow"]}""")]
    [InlineData("holidays", """{"calendars":{"union":["nobody"]}}""")]
    [InlineData("public", """{"calendars":{"union":["circle"]}}""")]
    public async Task What_cannot_be_read_is_not_put(string name, string json)
    {
        await PutAsync("public", "{}");
        await PutAsync("circle", """{"calendars":{"union":["public"]}}""");

        await Assert.ThrowsAsync<InvalidRequestException>(() => PutAsync(name, json));

        Assert.Equal(2, (await _calendars.ListAsync()).Count);
    }

    [Fact]
    public void The_policies_of_store_and_language_are_the_same_in_the_same_order()
    {
        Assert.Equal(Enum.GetNames<ClockGap>(), Enum.GetNames<GapPolicy>());
        Assert.Equal(Enum.GetNames<ClockRepeat>(), Enum.GetNames<RepeatPolicy>());
        Assert.Equal(Enum.GetNames<BusinessDay>(), Enum.GetNames<BusinessDayPolicy>());
    }

    [Fact]
    public async Task The_choice_at_a_change_of_clocks_is_the_schedules()
    {
        var request = Weekdays with { Kind = RecurrenceKind.Cron, Expression = "30 2 31 10 *", Zone = "Europe/Berlin" };

        var first = (await _schedules.PutAsync(request, Sample.Ada)).Schedule!;
        var last = (await _schedules.PutAsync(request with { Repeat = RepeatPolicy.Last }, Sample.Ada)).Schedule!;

        Assert.Equal(TimeSpan.FromHours(1), last.NextAt - first.NextAt);
    }

    private static ScheduleRequest Weekdays => Sample.Request() with { Kind = RecurrenceKind.Text, Expression = "every weekday at 7", Zone = "UTC" };

    private static DateTimeOffset At(int day) => new(2027, 5, day, 7, 0, 0, TimeSpan.Zero);

    private Task<bool> PutAsync(string name, string json) => _calendars.PutAsync(name, json, Sample.Ada);
}
