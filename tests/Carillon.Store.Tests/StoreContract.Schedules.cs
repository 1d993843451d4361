using System.Text.Json;

namespace Carillon.Store.Tests;

// Schedules at rest.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_schedule_comes_back_as_it_was_put()
    {
        var asked = Nightly() with
        {
            Owner = "carillon.yaml",
            Description = "tidies up 🧹",
            Dialect = "quartz",
            Zone = "Europe/Berlin",
            Calendar = "holidays",
            Calendars = """{"holidays":"{}"}""",
            BusinessDay = BusinessDayPolicy.Nearest,
            Gap = GapPolicy.Skip,
            Repeat = RepeatPolicy.Last,
            Misfire = MisfirePolicy.All,
            MisfireWindow = Day,
            MisfireMax = 7,
            Overlap = OverlapPolicy.CancelPrevious,
            Jitter = Second,
            Args = [1, 2],
            Queue = "mail",
            Priority = 3,
            Retry = new RetryPolicy { Attempts = 2 },
            Timeout = Minute,
            Output = "[]",
            Metadata = """{"a":1}""",
            Mode = ScheduleMode.Shadow,
            PauseReason = "why",
            PausedBy = "ada",
            StartAt = Noon,
            EndAt = Noon + Day,
            MaxCount = 5,
            FiredCount = 2,
            LastAt = Noon - Hour,
        };

        Assert.True(await Store.PutSchedulesAsync([asked], null, Noon, Stop));

        var schedule = await LoadScheduleAsync(asked.Name);
        Assert.Equal(asked.Args, schedule.Args);
        Assert.Equal(asked with { Args = schedule.Args, Version = 1 }, schedule);
    }

    [Fact]
    public async Task An_unknown_schedule_is_none() => Assert.Null(await Store.GetScheduleAsync("none", Stop));

    [Fact]
    public async Task A_put_by_the_version_that_was_read_succeeds_and_raises_it()
    {
        var read = await PutAsync(Nightly());

        Assert.True(await Store.PutSchedulesAsync([read with { Description = "better" }], null, Noon, Stop));

        var written = await LoadScheduleAsync(read.Name);
        Assert.Equal(("better", 2L), (written.Description, written.Version));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_put_by_another_version_writes_nothing(long version)
    {
        var read = await PutAsync(Nightly());

        Assert.False(await Store.PutSchedulesAsync([read with { Version = version, Description = "worse" }], ByAda, Noon, Stop));

        Assert.Equal(read, await LoadScheduleAsync(read.Name) with { Args = read.Args });
        Assert.Empty(await JournalOfScheduleAsync(read.Name));
    }

    [Fact]
    public async Task A_put_of_a_schedule_that_was_removed_writes_nothing()
    {
        var read = await PutAsync(Nightly());
        await Store.RemoveSchedulesAsync([read.Name], null, Noon, Stop);

        Assert.False(await Store.PutSchedulesAsync([read], null, Noon, Stop));
        Assert.Null(await Store.GetScheduleAsync(read.Name, Stop));
    }

    [Fact]
    public async Task Of_several_puts_all_or_none_are_written()
    {
        var stale = await PutAsync(Nightly());
        await Store.PutSchedulesAsync([stale], null, Noon, Stop);

        Assert.False(await Store.PutSchedulesAsync([Nightly("first"), stale, Nightly("last")], ByAda, Noon, Stop));

        Assert.Equal([stale.Name], (await Store.ListSchedulesAsync(new ScheduleQuery(), Stop)).Select(schedule => schedule.Name));
        Assert.Empty(await JournalOfScheduleAsync("first"));
    }

    [Fact]
    public async Task Of_puts_that_come_at_once_one_is_accepted()
    {
        var read = await PutAsync(Nightly());

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            Task.Run(() => Store.PutSchedulesAsync([read with { Description = $"by {i}" }], null, Noon, Stop))));

        Assert.Single(answers, isAccepted => isAccepted);
        Assert.Equal(2, (await LoadScheduleAsync(read.Name)).Version);
    }

    [Fact]
    public async Task An_act_on_a_schedule_is_recorded_with_before_and_after()
    {
        var act = ByAda with { What = "schedule.put" };
        await Store.PutSchedulesAsync([Nightly()], act, Noon, Stop);
        var made = await LoadScheduleAsync("nightly");
        await Store.PutSchedulesAsync([made with { Mode = ScheduleMode.Paused }], act, Noon + Second, Stop);
        await Store.RemoveSchedulesAsync(["nightly"], act with { What = "schedule.remove" }, Noon + Minute, Stop);

        var entries = await JournalOfScheduleAsync("nightly");

        Assert.Equal(["ada", "ada", "ada"], entries.Select(entry => entry.Who));
        Assert.Equal([Noon, Noon + Second, Noon + Minute], entries.Select(entry => entry.At));
        Assert.Equal([("schedule.put", null, "Live"), ("schedule.put", "Live", "Paused"), ("schedule.remove", "Paused", null)], entries.Select(ReadModes));
    }

    [Fact]
    public async Task A_removal_says_what_was_there_and_leaves_the_jobs()
    {
        var schedule = await PutAsync(Nightly());
        var job = await MakeAsync(Ask() with { Schedule = schedule.Name });

        var removed = await Store.RemoveSchedulesAsync(["none", schedule.Name], ByAda, Noon, Stop);

        Assert.Equal([schedule.Name], removed);
        await AssertStateAsync(job.Id, JobState.Pending);
        Assert.Empty(await JournalOfScheduleAsync("none"));
    }

    [Fact]
    public async Task Schedules_are_listed_by_name_in_ordinal_order_page_by_page()
    {
        string[] names = ["b", "a", "Z", "é", "a b", "a-b", "aa", "10", "9", "_"];
        await Store.PutSchedulesAsync([.. names.Select(name => Nightly(name))], null, Noon, Stop);

        var read = await ReadPagesAsync<Schedule>(last => Store.ListSchedulesAsync(new ScheduleQuery { Limit = 3, After = last?.Name }, Stop));

        Assert.Equal(names.Order(StringComparer.Ordinal), read.Select(schedule => schedule.Name));
    }

    [Fact]
    public async Task Schedules_are_found_by_owner_handler_and_mode()
    {
        await PutAsync(Nightly("one") with { Owner = "file" });
        await PutAsync(Nightly("two") with { Handler = "other" });
        await PutAsync(Nightly("three") with { Mode = ScheduleMode.Paused });

        Assert.Equal(["one"], await NamesAsync(new ScheduleQuery { Owner = "file" }));
        Assert.Equal(["two"], await NamesAsync(new ScheduleQuery { Handler = "other" }));
        Assert.Equal(["three"], await NamesAsync(new ScheduleQuery { Mode = ScheduleMode.Paused }));
        Assert.Equal(["one", "two"], await NamesAsync(new ScheduleQuery { Mode = ScheduleMode.Live }));
    }

    [Fact]
    public async Task Due_schedules_come_earliest_first_with_the_next_instant_behind_them()
    {
        await PutAsync(Nightly("late") with { NextAt = Noon });
        await PutAsync(Nightly("early") with { NextAt = Noon - Hour });
        await PutAsync(Nightly("soon") with { NextAt = Noon + Minute });
        await PutAsync(Nightly("later") with { NextAt = Noon + Hour });
        await PutAsync(Nightly("paused") with { NextAt = Noon - Hour, Mode = ScheduleMode.Paused });
        await PutAsync(Nightly("over") with { NextAt = null });
        await PutAsync(Nightly("shadow") with { NextAt = Noon - Minute, Mode = ScheduleMode.Shadow });

        var due = await Store.ListDueAsync(Noon, 10, Stop);

        Assert.Equal(["early", "shadow", "late"], due.Schedules.Select(schedule => schedule.Name));
        Assert.Equal(Noon + Minute, due.NextAt);
    }

    [Fact]
    public async Task Due_schedules_beyond_the_limit_are_the_next_instant()
    {
        await PutAsync(Nightly("one") with { NextAt = Noon - Hour });
        await PutAsync(Nightly("two") with { NextAt = Noon - Minute });

        var due = await Store.ListDueAsync(Noon, 1, Stop);

        Assert.Equal(("one", Noon - Minute), (Assert.Single(due.Schedules).Name, due.NextAt));
    }

    [Fact]
    public async Task Without_schedules_there_is_no_next_instant()
    {
        await PutAsync(Nightly() with { NextAt = Noon, Mode = ScheduleMode.Paused });

        var due = await Store.ListDueAsync(Noon, 10, Stop);

        Assert.Empty(due.Schedules);
        Assert.Null(due.NextAt);
    }

    private Schedule Nightly(string name = "nightly") => new()
    {
        Id = _ids.Next(),
        Name = name,
        Kind = RecurrenceKind.Cron,
        Expression = "0 * * * *",
        Handler = "work",
        AnchorAt = Noon,
        CreatedAt = Noon,
        UpdatedAt = Noon,
        NextAt = Noon,
    };

    private async Task<Schedule> PutAsync(Schedule schedule)
    {
        Assert.True(await Store.PutSchedulesAsync([schedule], null, Noon, Stop));
        return await LoadScheduleAsync(schedule.Name);
    }

    private async Task<Schedule> LoadScheduleAsync(string name) => Assert.IsType<Schedule>(await Store.GetScheduleAsync(name, Stop));

    private async Task<IEnumerable<string>> NamesAsync(ScheduleQuery query) => (await Store.ListSchedulesAsync(query, Stop)).Select(schedule => schedule.Name);

    private Task<IReadOnlyList<JournalEntry>> JournalOfScheduleAsync(string name) =>
        Store.ReadAsync(new JournalQuery { Subject = new Subject(SubjectKind.Schedule, name) }, Stop);

    private static (string? Act, string? Before, string? After) ReadModes(JournalEntry entry)
    {
        using var data = JsonDocument.Parse(entry.Data);
        return (data.RootElement.GetProperty("act").GetString(), ModeIn(data, "before"), ModeIn(data, "after"));
    }

    private static string? ModeIn(JsonDocument data, string side) =>
        data.RootElement.TryGetProperty(side, out var value) && value.ValueKind == JsonValueKind.Object ? value.GetProperty("mode").GetString() : null;
}
