using Carillon.Language;

namespace Carillon.Tests.Language;

/// <summary>Each choice for a local time that the clock skips or shows twice.</summary>
public sealed class ClockChangesTests
{
    [Theory]
    // Fixed times in a gap.
    [InlineData("unix", "30 2 * * *", null, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00")]
    [InlineData("unix", "30 2 * * *", ClockGap.End, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00")]
    [InlineData("unix", "30 2 * * *", ClockGap.Shift, "2026-03-08T00:00-05:00", "2026-03-08T03:30-04:00", "2026-03-09T02:30-04:00")]
    [InlineData("unix", "30 2 * * *", ClockGap.Skip, "2026-03-08T00:00-05:00", "2026-03-09T02:30-04:00")]
    [InlineData("unix", "0,30 2 * * *", ClockGap.Shift, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-08T03:30-04:00", "2026-03-09T02:00-04:00")]
    [InlineData("cronos", "30 2 * * *", null, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00")]
    [InlineData("quartz", "0 30 2 * * ?", null, "2026-03-08T00:00-05:00", "2026-03-08T03:30-04:00", "2026-03-09T02:30-04:00")]
    [InlineData("quartz", "0 30 2 * * ?", ClockGap.End, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00")]
    // Intervals go on by elapsed time, but for cronos at the gap's end; one that skips leaves out what only the gap has.
    [InlineData("unix", "*/30 2 * * *", null, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-08T03:30-04:00", "2026-03-09T02:00-04:00")]
    [InlineData("unix", "*/30 2 * * *", ClockGap.End, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-08T03:30-04:00")]
    [InlineData("unix", "*/30 2 * * *", ClockGap.Skip, "2026-03-08T00:00-05:00", "2026-03-09T02:00-04:00")]
    [InlineData("unix", "30 * * * *", ClockGap.Skip, "2026-03-08T01:00-05:00", "2026-03-08T01:30-05:00", "2026-03-08T03:30-04:00")]
    [InlineData("cronos", "*/30 2 * * *", null, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:00-04:00")]
    [InlineData("cronos", "*/30 2 * * *", ClockGap.Shift, "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-08T03:30-04:00")]
    public void In_a_gap(string dialect, string expression, ClockGap? gap, string after, params string[] expected) =>
        AssertNext(dialect, expression, new ClockChanges(gap, null), "America/New_York", after, expected);

    [Theory]
    [InlineData("30 1 * * *", null, "2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00")]
    [InlineData("30 1 * * *", ClockRepeat.First, "2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00")]
    [InlineData("30 1 * * *", ClockRepeat.Last, "2026-11-01T01:30-05:00", "2026-11-02T01:30-05:00")]
    [InlineData("30 1 * * *", ClockRepeat.Both, "2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00", "2026-11-02T01:30-05:00")]
    [InlineData("30 0-2 * * *", null, "2026-11-01T00:30-04:00", "2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00", "2026-11-01T02:30-05:00")]
    [InlineData("30 0-2 * * *", ClockRepeat.First, "2026-11-01T00:30-04:00", "2026-11-01T01:30-04:00", "2026-11-01T02:30-05:00")]
    [InlineData("30 0-2 * * *", ClockRepeat.Last, "2026-11-01T00:30-04:00", "2026-11-01T01:30-05:00", "2026-11-01T02:30-05:00")]
    public void In_an_overlap(string expression, ClockRepeat? repeat, params string[] expected)
    {
        foreach (var dialect in new[] { "unix", "cronos" })
        {
            AssertNext(dialect, expression, new ClockChanges(null, repeat), "America/New_York", "2026-11-01T00:00-04:00", expected);
        }
    }

    [Theory]
    [InlineData("15 2 * * *", ClockGap.Shift, "Australia/Lord_Howe", "2026-10-04T00:00+10:30", "2026-10-04T02:45+11:00", "2026-10-05T02:15+11:00")]
    [InlineData("30 0 30 12 *", ClockGap.End, "Pacific/Apia", "2011-12-29T00:00-10:00", "2011-12-31T00:00+14:00", "2012-12-30T00:30+14:00")]
    [InlineData("30 0 30 12 *", ClockGap.Shift, "Pacific/Apia", "2011-12-29T00:00-10:00", "2011-12-31T00:30+14:00", "2012-12-30T00:30+14:00")]
    [InlineData("30 0 30 12 *", ClockGap.Skip, "Pacific/Apia", "2011-12-29T00:00-10:00", "2012-12-30T00:30+14:00")]
    [InlineData("30 1 * * *", ClockGap.Shift, "Europe/Dublin", "2026-03-29T00:00Z", "2026-03-29T02:30+01:00", "2026-03-30T01:30+01:00")]
    public void In_a_gap_of_another_zone(string expression, ClockGap gap, string zone, string after, params string[] expected) =>
        AssertNext("unix", expression, new ClockChanges(gap, null), zone, after, expected);

    [Theory]
    [InlineData("2026-03-08T02:30", ClockGap.Shift, null, "2026-03-08T03:30-04:00")]
    [InlineData("2026-03-08T02:30", ClockGap.Skip, null)]
    [InlineData("2026-11-01T01:30", null, ClockRepeat.Last, "2026-11-01T01:30-05:00")]
    [InlineData("2026-11-01T01:30", null, ClockRepeat.Both, "2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00")]
    [InlineData("2026-11-02T01:30", ClockGap.Skip, ClockRepeat.Both, "2026-11-02T01:30-05:00")]
    [InlineData("2026-11-01T05:30Z", ClockGap.Skip, ClockRepeat.Both, "2026-11-01T01:30-04:00")]
    public void One_local_time_follows_the_same_choices(string text, ClockGap? gap, ClockRepeat? repeat, params string[] expected)
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.At, text)).With(new ClockChanges(gap, repeat));

        var found = recurrence.Between(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Find("America/New_York")).ToList();

        Assert.Equal(expected.Select(LanguageCases.Instant), found);
        Assert.Equal(found.Count == 0 ? null : found[^1], recurrence.Previous(DateTimeOffset.MaxValue, Find("America/New_York")));
    }

    [Fact]
    public void The_choice_is_part_of_what_it_means()
    {
        var daily = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, "@daily"));

        var chosen = daily.With(new ClockChanges(ClockGap.Skip, null));

        Assert.NotEqual(daily, chosen);
        Assert.Equal(daily, chosen.With(default));
        Assert.Same(daily, daily.With(default));
        Assert.Equal(new ClockChanges(ClockGap.Skip, null), chosen.Changes);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-29T01:00Z", 60)]
    [InlineData("Europe/Berlin", "2026-10-25", "2026-10-25T01:00Z", -60)]
    [InlineData("Europe/Berlin", "2026-03-28", null, 0)]
    [InlineData("Europe/Berlin", "2026-03-30", null, 0)]
    [InlineData("Australia/Lord_Howe", "2026-10-04", "2026-10-03T15:30Z", 30)]
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z", 1440)]
    [InlineData("UTC", "2026-03-29", null, 0)]
    public void A_zone_knows_the_days_of_its_changes(string zone, string day, string? at, int minutes)
    {
        var change = Find(zone).ChangeOn(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(at is null ? null : new ClockChange(LanguageCases.Instant(at), TimeSpan.FromMinutes(minutes)), change);
    }

    private static Zone Find(string id) => Zones.TryFind(id, out var zone, out var error) ? zone : throw new InvalidOperationException(error);

    private static void AssertNext(string dialect, string expression, ClockChanges changes, string zoneId, string after, string[] expected)
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect)).With(changes);
        var (zone, from) = (Find(zoneId), LanguageCases.Instant(after));

        var found = recurrence.Between(from, DateTimeOffset.MaxValue, zone).Take(expected.Length).ToList();

        Assert.Equal(expected.Select(LanguageCases.Instant), found);
        Assert.Equal(Enumerable.Reverse(found), Back(recurrence, found[^1].AddTicks(1), zone).TakeWhile(instant => instant > from));
    }

    private static IEnumerable<DateTimeOffset> Back(Recurrence recurrence, DateTimeOffset before, Zone zone)
    {
        for (var previous = recurrence.Previous(before, zone); previous is not null; previous = recurrence.Previous(previous.Value, zone)) yield return previous.Value;
    }
}
