using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class CalendarTests
{
    // A Monday.
    private static readonly DateTimeOffset Start = LanguageCases.Instant("2027-01-04T00:00:00Z");

    [Theory]
    [InlineData("{}", "2027-01-04T09:00Z 2027-01-05T09:00Z")]
    [InlineData("""{"exclude":["2027-01-05"]}""", "2027-01-04T09:00Z 2027-01-06T09:00Z")]
    [InlineData("""{"exclude":["--01-05","--01-04"]}""", "2027-01-06T09:00Z 2027-01-07T09:00Z")]
    [InlineData("""{"exclude":["2027-01-01/2027-01-10"]}""", "2027-01-11T09:00Z 2027-01-12T09:00Z")]
    [InlineData("""{"exclude":["--12-20/--01-06"]}""", "2027-01-07T09:00Z 2027-01-08T09:00Z")]
    [InlineData("""{"exclude":["2027-01-05T08:00/2027-01-05T09:00","2027-01-06T09:00:01/2027-01-06T12:00"]}""", "2027-01-04T09:00Z 2027-01-06T09:00Z")]
    [InlineData("""{"include":["2027-03-01","--02-28"]}""", "2027-02-28T09:00Z 2027-03-01T09:00Z 2028-02-28T09:00Z")]
    [InlineData("""{"weekly":["fri,sat 09:00-17:00"]}""", "2027-01-08T09:00Z 2027-01-09T09:00Z 2027-01-15T09:00Z")]
    [InlineData("""{"weekly":["weekends"]}""", "2027-01-09T09:00Z 2027-01-10T09:00Z 2027-01-16T09:00Z")]
    [InlineData("""{"weekly":["thu 22:00-09:00"]}""", "2027-01-08T09:00Z 2027-01-15T09:00Z")]
    [InlineData("""{"weekly":["mon-fri 09:00-17:00"],"zone":"America/New_York"}""", "")]
    [InlineData("""{"weekly":["mon-fri 04:00-05:00"],"zone":"America/New_York"}""", "2027-01-04T09:00Z 2027-01-05T09:00Z")]
    [InlineData("""{"calendars":{"union":["holidays"]}}""", "2027-01-04T09:00Z 2027-01-06T09:00Z")]
    [InlineData("""{"exclude":["2027-01-06"],"calendars":{"union":["holidays"]}}""", "2027-01-04T09:00Z 2027-01-07T09:00Z")]
    [InlineData("""{"calendars":{"except":["mondays"]}}""", "2027-01-05T09:00Z 2027-01-06T09:00Z")]
    [InlineData("""{"calendars":{"union":["holidays"],"except":["mondays"]}}""", "2027-01-06T09:00Z 2027-01-07T09:00Z")]
    [InlineData("""{"include":["2020-01-01"]}""", "")]
    [InlineData("""{"exclude":["1900-01-01/2199-12-31"]}""", "")]
    [InlineData("""{"calendars":{"except":["everything"]}}""", "")]
    public void A_calendar_leaves_these_instants(string json, string instants)
    {
        var recurrence = English("every day at 9").On(Read(json), null);

        var expected = instants.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(LanguageCases.Instant).ToList();
        Assert.Equal(expected, recurrence.Between(Start, DateTimeOffset.MaxValue, Zone.Utc).Take(Math.Max(1, expected.Count)));
        if (expected.Count > 1) Assert.Equal(expected[^2], recurrence.Previous(expected[^1], Zone.Utc));
    }

    [Theory]
    [InlineData("on the 9th at 10:00", "next", "2027-01-11T10:00Z 2027-02-09T10:00Z 2027-03-09T10:00Z")]
    [InlineData("on the 9th at 10:00", "previous", "2027-01-08T10:00Z 2027-02-09T10:00Z 2027-03-09T10:00Z")]
    [InlineData("on the 9th at 10:00", "nearest", "2027-01-08T10:00Z 2027-02-09T10:00Z")]
    [InlineData("on the 10th at 10:00", "nearest", "2027-01-11T10:00Z 2027-02-10T10:00Z")]
    [InlineData("on the 5th at 10:00", "next", "2027-01-06T10:00Z 2027-02-05T10:00Z")]
    [InlineData("on the 5th at 10:00", "nearest", "2027-01-06T10:00Z 2027-02-05T10:00Z")]
    [InlineData("every day at 10:00", "next", "2027-01-04T10:00Z 2027-01-06T10:00Z 2027-01-07T10:00Z 2027-01-08T10:00Z 2027-01-11T10:00Z")]
    [InlineData("on saturdays at 17:00 and 18:00", "next", "2027-01-04T17:00Z 2027-01-04T18:00Z 2027-01-11T17:00Z")]
    [InlineData("on mondays and tuesdays at 17:00", "previous", "2027-01-04T17:00Z 2027-01-11T17:00Z 2027-01-12T17:00Z")]
    [InlineData("on the last business day of the month", "next", "2027-01-29T00:00Z 2027-02-26T00:00Z")]
    [InlineData("on the second business day of the month", "next", "2027-02-02T00:00Z 2027-03-02T00:00Z")]
    [InlineData("on the third business day of the month at 4", "next", "2027-01-06T04:00Z 2027-02-03T04:00Z")]
    public void What_falls_on_no_business_day_is_moved(string text, string shift, string instants)
    {
        var recurrence = English(text).On(Read("""{"exclude":["2027-01-05"]}"""), Enum.Parse<BusinessDay>(shift, true));

        var expected = instants.Split(' ').Select(LanguageCases.Instant).ToList();
        Assert.Equal(expected, recurrence.Between(Start, DateTimeOffset.MaxValue, Zone.Utc).Take(expected.Count));
        Assert.Equal(expected[^2], recurrence.Previous(expected[^1], Zone.Utc));
    }

    [Fact]
    public void Without_a_calendar_business_days_are_Monday_to_Friday() =>
        Assert.Equal(Start.AddDays(7), English("every saturday").On(null, BusinessDay.Next).Next(Start.AddDays(2), Zone.Utc));

    [Fact]
    public void A_calendar_that_leaves_nothing_is_told() =>
        Assert.EndsWith("never fires: the calendar leaves nothing of it", English("daily").On(Read("""{"exclude":["1900-01-01/2199-12-31"]}"""), BusinessDay.Next).Explain(), StringComparison.Ordinal);

    [Fact]
    public void A_moved_instant_keeps_its_local_time_over_a_change_of_clocks()
    {
        Assert.True(Zones.TryFind("Europe/Berlin", out var zone, out _));
        var recurrence = English("on saturdays at 2:30").On(null, BusinessDay.Next);

        Assert.Equal(LanguageCases.Instant("2027-03-29T00:30:00Z"), recurrence.Next(LanguageCases.Instant("2027-03-26T00:00:00Z"), zone));
        Assert.Equal(LanguageCases.Instant("2027-03-22T01:30:00Z"), recurrence.Next(LanguageCases.Instant("2027-03-19T00:00:00Z"), zone));
    }

    [Fact]
    public void An_instant_of_each_second_leaps_over_what_is_excluded()
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Every, "1s")).On(Read("""{"include":["2150-06-01"],"weekly":["mon 12:00-13:00"]}"""), null);

        Assert.Equal(LanguageCases.Instant("2150-06-01T12:00:00Z"), recurrence.Next(Start, Zone.Utc));
    }

    [Fact]
    public void A_pause_after_the_end_is_due_when_the_calendar_opens()
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Every, "5m after end")).On(Read("""{"weekly":["mon-fri 09:00-17:00"]}"""), null);

        Assert.Equal(LanguageCases.Instant("2027-01-04T16:05:00Z"), recurrence.Next(LanguageCases.Instant("2027-01-04T16:00:00Z"), Zone.Utc));
        Assert.Equal(LanguageCases.Instant("2027-01-05T09:00:00Z"), recurrence.Next(LanguageCases.Instant("2027-01-04T16:58:00Z"), Zone.Utc));
    }

    [Fact]
    public void Two_are_equal_when_text_calendar_and_shift_are()
    {
        var holidays = Read("""{"exclude":["2027-01-05"]}""");

        Assert.Equal(English("daily").On(holidays, BusinessDay.Next), English("every day").On(Read("""{"exclude":["2027-01-05"]}"""), BusinessDay.Next));
        Assert.NotEqual(English("daily").On(holidays, BusinessDay.Next), English("daily").On(holidays, null));
        Assert.NotEqual(English("daily").On(holidays, null), English("daily"));
    }

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "no JSON")]
    [InlineData("""{"holidays":[]}""", "has no 'holidays'")]
    [InlineData("""{"exclude":"2027-01-01"}""", "no list")]
    [InlineData("""{"exclude":[1]}""", "no text")]
    [InlineData("""{"exclude":[],"exclude":[]}""", "twice")]
    [InlineData("""{"exclude":["2027-02-30"]}""", "no date")]
    [InlineData("""{"exclude":["2027-02-20/2027-02-10"]}""", "ends before it begins")]
    [InlineData("""{"exclude":["2027-02-20T09:00"]}""", "an instant")]
    [InlineData("""{"exclude":["2027-02-20/--02-10"]}""", "no date")]
    [InlineData("""{"weekly":["mon 9-17"]}""", "no weekly window")]
    [InlineData("""{"weekly":["mondey"]}""", "no weekly window")]
    [InlineData("""{"zone":"Europe/Berln"}""", "did you mean 'Europe/Berlin'?")]
    [InlineData("""{"calendars":{"union":["nobody"]}}""", "no calendar 'nobody'")]
    [InlineData("""{"calendars":{"with":[]}}""", "has no 'with'")]
    [InlineData("""{"calendars":{"union":["circle"]}}""", "combined with itself")]
    [InlineData("""{"ical":"DTSTART:20270101"}""", "Line 1")]
    public void What_is_no_calendar_is_refused(string json, string said)
    {
        Assert.False(Calendar.TryParse(json, Find, out _, out var error));

        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_of_others_are_told() =>
        Assert.Equal(["a", "b"], Calendar.NamesIn("""{"calendars":{"union":["a"],"except":["b","a"]}}"""));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void It_agrees_with_a_day_by_day_reading(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var excluded = Enumerable.Range(0, 30).Select(_ => new DateOnly(2027, 1, 1).AddDays(random.Next(120))).ToHashSet();
            var calendar = Read($$"""{"exclude":[{{string.Join(',', excluded.Select(date => $"\"{date:yyyy-MM-dd}\""))}}]}""");
            var shift = random.Next(4) is var choice and < 3 ? (BusinessDay?)choice : null;
            var (hour, step) = (random.Next(24), random.Next(1, 9));
            var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, $"0 {hour} */{step} * *")).On(calendar, shift);

            var found = recurrence.Between(Start, Start.AddDays(80), Zone.Utc).ToList();

            Assert.Equal(Slowly(excluded, shift, hour, step).Where(instant => instant > Start && instant <= Start.AddDays(80)), found);
        }
    }

    private static SortedSet<DateTimeOffset> Slowly(HashSet<DateOnly> excluded, BusinessDay? shift, int hour, int step)
    {
        var found = new SortedSet<DateTimeOffset>();
        for (var date = new DateOnly(2026, 10, 1); date < new DateOnly(2027, 7, 1); date = date.AddDays(1))
        {
            if ((date.Day - 1) % step != 0) continue;
            var target = shift is null ? (excluded.Contains(date) ? null : date) : Target(date, excluded, shift.Value);
            if (target is { } day) found.Add(new DateTimeOffset(day.ToDateTime(new TimeOnly(hour, 0)), TimeSpan.Zero));
        }

        return found;
    }

    private static DateOnly? Target(DateOnly date, HashSet<DateOnly> excluded, BusinessDay shift)
    {
        int[] order = shift switch { BusinessDay.Next => [.. Enumerable.Range(0, 60)], BusinessDay.Previous => [.. Enumerable.Range(0, 60).Select(days => -days)], _ => [.. Enumerable.Range(0, 60).SelectMany(days => new[] { days, -days })] };
        return order.Select(days => (DateOnly?)date.AddDays(days)).FirstOrDefault(day => day!.Value.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !excluded.Contains(day.Value));
    }

    private static Calendar Read(string json) => Calendar.TryParse(json, Find, out var calendar, out var error) ? calendar : throw new InvalidOperationException(error);

    private static string? Find(string name) => name switch
    {
        "holidays" => """{"exclude":["2027-01-05"]}""",
        "mondays" => """{"weekly":["mon"]}""",
        "everything" => "{}",
        "circle" => """{"calendars":{"union":["circle"]}}""",
        _ => null,
    };

    private static Recurrence English(string text) => Recurrence.Parse(new RecurrenceText(RecurrenceForm.Text, text));
}
