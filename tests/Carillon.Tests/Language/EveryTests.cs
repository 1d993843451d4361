using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class EveryTests
{
    private static readonly DateTimeOffset Anchor = LanguageCases.Instant("2026-01-01T00:00:07Z");

    [Theory]
    [InlineData("90s", "1m30s")]
    [InlineData("every 90s", "1m30s")]
    [InlineData("PT5M", "5m")]
    [InlineData("5m after end", "5m after end")]
    [InlineData("Every 1h30m After End", "1h30m after end")]
    [InlineData("100ms", "100ms")]
    public void An_interval_is_read_and_written_back(string text, string canonical)
    {
        var recurrence = Every(text);

        Assert.Equal(canonical, recurrence.ToString());
        Assert.Equal(recurrence, Every(canonical));
    }

    [Theory]
    [InlineData("99ms", 0)]
    [InlineData("0s", 0)]
    [InlineData("every", 0)]
    [InlineData("every ", 5)]
    [InlineData("every after end", 6)]
    [InlineData("every five minutes", 6)]
    [InlineData("5m after the end", 3)]
    [InlineData("after end", 0)]
    public void What_is_no_interval_is_refused(string text, int position)
    {
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Every, text), out _, out var error));

        Assert.Equal(position, error.Position);
    }

    [Theory]
    [InlineData("2026-01-01T00:00:07Z", "2026-01-01T00:01:37Z")]
    [InlineData("2026-01-01T00:00:08Z", "2026-01-01T00:01:37Z")]
    [InlineData("2026-01-01T00:01:37Z", "2026-01-01T00:03:07Z")]
    [InlineData("2025-12-31T23:59:00Z", "2026-01-01T00:00:07Z")]
    [InlineData("2025-12-31T23:58:37Z", "2026-01-01T00:00:07Z")]
    public void A_fixed_rate_counts_from_its_anchor(string after, string expected) =>
        Assert.Equal(LanguageCases.Instant(expected), Every("90s").AnchoredAt(Anchor).Next(LanguageCases.Instant(after), Zone.Utc));

    [Fact]
    public void A_fixed_delay_counts_from_the_end()
    {
        var recurrence = Every("5m after end");

        Assert.Equal(TimeSpan.FromMinutes(5), recurrence.DelayAfterEnd);
        Assert.Equal(Anchor.AddMinutes(5), recurrence.Next(Anchor, Zone.Utc));
        Assert.Null(Every("5m").DelayAfterEnd);
    }

    [Fact]
    public void The_macro_is_an_interval() =>
        Assert.Equal(Every("1h30m"), Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, " @EVERY\t1h30m ")));

    [Fact]
    public void Millions_of_instants_are_counted_at_once()
    {
        var recurrence = Every("1s").AnchoredAt(Anchor);

        Assert.Equal(365 * 86_400, recurrence.Count(Anchor, Anchor.AddDays(365), Zone.Utc, 10));
        Assert.Equal(Anchor.AddDays(365), recurrence.Last(Anchor, Anchor.AddDays(365).AddTicks(1), Zone.Utc));
        Assert.Null(recurrence.Last(Anchor, Anchor.AddTicks(1), Zone.Utc));
    }

    [Theory]
    [InlineData("2026-13-01T00:00Z")]
    [InlineData("2026-01-01")]
    [InlineData("tomorrow")]
    [InlineData("2026-01-01T00:00+25:00")]
    [InlineData("2026-01-01T00:00 Europe/Berlin")]
    [InlineData("2300-01-01T00:00Z")]
    [InlineData("2026-02-30T00:00Z")]
    public void What_is_no_instant_is_refused(string text) =>
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.At, text), out _, out _));

    [Theory]
    [InlineData("2027-02-30", 8, "February 2027 has no day 30 (at character 9); expected 1 to 28.")]
    [InlineData(" 2027-02-30T09:00", 9, "February 2027 has no day 30")]
    [InlineData("2028-02-30T09:00Z", 8, "expected 1 to 29.")]
    [InlineData("2027-31-01T09:00", 5, "The month 31 is out of range (at character 6); expected 1 to 12. The month stands before the day.")]
    [InlineData("2027-02-28", 10, "The day 2027-02-28 has no time (at character 11); expected a time behind the day. Midnight is 2027-02-28T00:00.")]
    [InlineData("2027-02-28T24:00", 11, "The hour 24 is out of range")]
    [InlineData("2027-02-28 09:60", 14, "The minute 60 is out of range")]
    [InlineData("2027-02-28T09:00:60Z", 17, "The second 60 is out of range")]
    [InlineData("0000-02-30T09:00", 0, "The year 0 is out of range")]
    [InlineData("2027-02-28T9:00", 0, "is no instant")]
    [InlineData("2027-02-28T09:00 soon", 0, "is no instant")]
    public void What_is_wrong_with_an_instant_is_shown_where_it_is(string text, int position, string said)
    {
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.At, text), out _, out var error));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    private static Recurrence Every(string text) => Recurrence.Parse(new RecurrenceText(RecurrenceForm.Every, text));
}
