using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("30s", "00:00:30", "30s")]
    [InlineData("5m", "00:05:00", "5m")]
    [InlineData("1h30m", "01:30:00", "1h30m")]
    [InlineData(" 1H 30M ", "01:30:00", "1h30m")]
    [InlineData("90m", "01:30:00", "1h30m")]
    [InlineData("250ms", "00:00:00.250", "250ms")]
    [InlineData("1.5s", "00:00:01.500", "1s500ms")]
    [InlineData("0.0001ms", "00:00:00.0000001", "0.0001ms")]
    [InlineData("2d", "2.00:00:00", "2d")]
    [InlineData("1w", "7.00:00:00", "7d")]
    [InlineData("PT5M", "00:05:00", "5m")]
    [InlineData("P1DT2H3M4.5S", "1.02:03:04.500", "1d2h3m4s500ms")]
    [InlineData("P2W", "14.00:00:00", "14d")]
    [InlineData("0s", "00:00:00", "0s")]
    public void A_duration_is_read_and_written_back(string text, string expected, string canonical)
    {
        Assert.True(Durations.TryParse(text, out var duration, out _));

        Assert.Equal(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), duration);
        Assert.Equal(canonical, Durations.Format(duration));
        Assert.True(Durations.TryParse(canonical, out var again, out _));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData(null, 0, null)]
    [InlineData("", 0, null)]
    [InlineData("90", 0, "90s")]
    [InlineData("-5s", 0, "negative")]
    [InlineData("5 minutes", 2, "Minutes are m.")]
    [InlineData("5m1h", 2, null)]
    [InlineData("1h1h", 2, null)]
    [InlineData("1.5h30m", 4, null)]
    [InlineData("01:30:00", 2, "1h30m")]
    [InlineData("1.5 hours", 4, "Write 1.5h.")]
    [InlineData("P1M", 2, "Minutes? Write PT1M. Months and years have no fixed length: use cron")]
    [InlineData("P1Y", 2, "cron")]
    [InlineData("PT", 2, null)]
    [InlineData("P", 1, null)]
    [InlineData("soon", 0, null)]
    [InlineData("5.s", 0, null)]
    [InlineData("99999999999999d", 0, null)]
    [InlineData("٣s", 0, null)]
    public void What_is_no_duration_is_refused_where_it_goes_wrong(string? text, int position, string? hint)
    {
        Assert.False(Durations.TryParse(text, out _, out var error));

        Assert.Equal(position, error.Position);
        Assert.Contains(hint ?? "", error.Hint ?? "", StringComparison.Ordinal);
    }
}
