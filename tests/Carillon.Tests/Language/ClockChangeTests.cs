using Carillon.Language;

namespace Carillon.Tests.Language;

/// <summary>Both changes of clocks in four zones: a plain one, one that moves by half an hour, and two whose winter (or Ramadan) is the exception.</summary>
public sealed class ClockChangeTests
{
    [Theory]
    // A time that the clock skips is due at the gap's end, once.
    [InlineData("30 2 * * *", "America/New_York", "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00")]
    [InlineData("0,30 2 * * *", "America/New_York", "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:00-04:00")]
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-04T00:00+10:30", "2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00")]
    [InlineData("30 1 * * *", "Europe/Dublin", "2026-03-29T00:00Z", "2026-03-29T02:00+01:00", "2026-03-30T01:30+01:00")]
    [InlineData("30 2 * * *", "Africa/Casablanca", "2026-03-22T00:00Z", "2026-03-22T03:00+01:00", "2026-03-23T02:30+01:00")]
    // A time that the clock shows twice is due the first time, once.
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01T00:00-04:00", "2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00")]
    [InlineData("45 1 * * *", "Australia/Lord_Howe", "2026-04-05T00:00+11:00", "2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30")]
    [InlineData("30 1 * * *", "Europe/Dublin", "2026-10-25T00:00+01:00", "2026-10-25T01:30+01:00", "2026-10-26T01:30Z")]
    [InlineData("30 2 * * *", "Africa/Casablanca", "2026-02-15T00:00+01:00", "2026-02-15T02:30+01:00", "2026-02-16T02:30Z")]
    public void A_fixed_time_fires_once(string expression, string zone, string after, params string[] expected) => AssertNext("both", expression, zone, after, expected);

    [Theory]
    // What the clock skips goes on by elapsed time: an hour after 01:30 the clock shows 03:30.
    [InlineData("30 * * * *", "America/New_York", "2026-03-08T01:00-05:00", "2026-03-08T01:30-05:00", "2026-03-08T03:30-04:00", "2026-03-08T04:30-04:00")]
    [InlineData("*/20 * * * *", "Europe/Dublin", "2026-03-29T00:30Z", "2026-03-29T00:40Z", "2026-03-29T02:00+01:00", "2026-03-29T02:20+01:00")]
    [InlineData("*/30 2 * * *", "America/New_York", "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-08T03:30-04:00", "2026-03-09T02:00-04:00")]
    [InlineData("15 * * * *", "Australia/Lord_Howe", "2026-10-04T01:00+10:30", "2026-10-04T01:15+10:30", "2026-10-04T02:45+11:00", "2026-10-04T03:15+11:00")]
    [InlineData("*/30 * * * *", "Africa/Casablanca", "2026-03-22T01:30Z", "2026-03-22T03:00+01:00", "2026-03-22T03:30+01:00", "2026-03-22T04:00+01:00")]
    public void An_interval_goes_on_through_the_gap(string expression, string zone, string after, params string[] expected) => AssertNext("unix", expression, zone, after, expected);

    [Theory]
    [InlineData("30 * * * *", "America/New_York", "2026-03-08T01:00-05:00", "2026-03-08T01:30-05:00", "2026-03-08T03:00-04:00", "2026-03-08T03:30-04:00")]
    [InlineData("*/30 2 * * *", "America/New_York", "2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:00-04:00")]
    public void In_the_cronos_dialect_an_interval_fires_at_the_gaps_end(string expression, string zone, string after, params string[] expected) => AssertNext("cronos", expression, zone, after, expected);

    [Theory]
    [InlineData("30 * * * *", "America/New_York", "2026-11-01T01:00-04:00", "2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00", "2026-11-01T02:30-05:00")]
    [InlineData("*/15 1 * * *", "Australia/Lord_Howe", "2026-04-05T01:30+11:00", "2026-04-05T01:45+11:00", "2026-04-05T01:30+10:30", "2026-04-05T01:45+10:30", "2026-04-06T01:00+10:30")]
    [InlineData("*/30 * * * *", "Europe/Dublin", "2026-10-25T01:00+01:00", "2026-10-25T01:30+01:00", "2026-10-25T01:00Z", "2026-10-25T01:30Z", "2026-10-25T02:00Z")]
    [InlineData("0 * * * *", "Africa/Casablanca", "2026-02-15T01:00+01:00", "2026-02-15T02:00+01:00", "2026-02-15T02:00Z", "2026-02-15T03:00Z")]
    public void An_interval_fires_in_both_passes_of_an_overlap(string expression, string zone, string after, params string[] expected) => AssertNext("both", expression, zone, after, expected);

    [Theory]
    [InlineData("2026-03-08T02:30", "America/New_York", "2026-03-08T03:00-04:00")]
    [InlineData("2026-11-01T01:30", "America/New_York", "2026-11-01T01:30-04:00")]
    [InlineData("2026-03-29 01:15:30", "Europe/Dublin", "2026-03-29T02:00+01:00")]
    [InlineData("2026-10-25T01:15:30.5", "Europe/Dublin", "2026-10-25T01:15:30.5+01:00")]
    [InlineData("2026-10-25T01:15Z", "Europe/Dublin", "2026-10-25T01:15Z")]
    [InlineData("2026-10-25T01:15-05:30", "Europe/Dublin", "2026-10-25T06:45Z")]
    public void One_local_time_follows_the_same_rules(string text, string zoneId, string expected)
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.At, text));
        Assert.True(Zones.TryFind(zoneId, out var zone, out _));

        var next = recurrence.Next(LanguageCases.Instant("2026-01-01T00:00Z"), zone);

        Assert.Equal(LanguageCases.Instant(expected), next);
        Assert.Null(recurrence.Next(next!.Value, zone));
        Assert.Equal(recurrence, Recurrence.Parse(new RecurrenceText(RecurrenceForm.At, recurrence.ToString())));
    }

    [Fact]
    public void An_elapsed_interval_takes_no_notice()
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Every, "1d")).AnchoredAt(LanguageCases.Instant("2026-03-07T12:00-05:00"));
        Assert.True(Zones.TryFind("America/New_York", out var zone, out _));

        var next = recurrence.Next(LanguageCases.Instant("2026-03-08T00:00-05:00"), zone);

        Assert.Equal(LanguageCases.Instant("2026-03-08T13:00-04:00"), next);
    }

    private static void AssertNext(string dialects, string expression, string zoneId, string after, string[] expected)
    {
        foreach (var dialect in dialects == "both" ? ["unix", "cronos"] : new[] { dialects })
        {
            var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect));
            Assert.True(Zones.TryFind(zoneId, out var zone, out _));
            var found = new List<DateTimeOffset>();
            var from = LanguageCases.Instant(after);
            while (found.Count < expected.Length && recurrence.Next(from, zone) is { } next) found.Add(from = next);

            Assert.Equal(expected.Select(LanguageCases.Instant), found);
        }
    }
}
