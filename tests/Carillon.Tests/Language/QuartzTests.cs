using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class QuartzTests
{
    private static readonly DateTimeOffset Start = LanguageCases.Instant("2026-01-01T00:00Z");

    [Theory]
    [InlineData("0 0 12 ? * 2", "0 0 12 ? * MON", "at 12:00 on Monday")]
    [InlineData("0 0 12 * * ?", "0 0 12 * * ?", "at 12:00")]
    [InlineData("0 0 12 * * *", "0 0 12 * * ?", "at 12:00")]
    [InlineData("0 0 12 ? * *", "0 0 12 * * ?", "at 12:00")]
    [InlineData("0 0 12 ? * 1-7", "0 0 12 * * ?", "at 12:00")]
    [InlineData("@daily", "0 0 0 * * ?", "at 00:00")]
    [InlineData("0 0/15 9-17 ? * MON-FRI *", "0 */15 9-17 ? * MON-FRI", "every 15 minutes from 09:00 to 17:59 on Monday to Friday")]
    [InlineData("/20 * * * * ?", "*/20 * * * * ?", "every 20 seconds")]
    [InlineData("0 15 10 6,15,LW * ? 2027-2029", "0 15 10 6,15,LW * ? 2027-2029", "at 10:15 on day 6 and 15 and the last weekday of the month in 2027 to 2029")]
    [InlineData("0 15 10 2W,16W,L-1W,LW-2 * ?", "0 15 10 2W,16W,L-1W,LW-2 * ?", null)]
    [InlineData("0 0 12 ? * L", "0 0 12 ? * SAT", "at 12:00 on Saturday")]
    [InlineData("0 0 12 ? * 6L", "0 0 12 ? * FRIL", "at 12:00 on the last Friday of the month")]
    [InlineData("0 0 12 ? * 6#3", "0 0 12 ? * FRI#3", "at 12:00 on the third Friday of the month")]
    [InlineData("0 0 12 13 * FRI", "0 0 12 13 * FRI", "at 12:00 on day 13 of the month or Friday")]
    [InlineData("0 0 12 ? * THU,FRI/2", "0 0 12 ? * THU,FRI/2", "at 12:00 on Thursday and Friday of every 2 weeks (Sunday to Saturday, counted from that of 1970-01-01)")]
    [InlineData("0 0 0 30 2 ?", "0 0 0 30 2 ?", "never fires: 30 February")]
    [InlineData("0 0 0 29 2 ? 2027", "0 0 0 29 2 ? 2027", "never fires: on day 29 of the month in February in 2027")]
    public void An_expression_is_written_back_and_explained(string expression, string canonical, string? explanation)
    {
        var recurrence = Quartz(expression);

        Assert.Equal(canonical, recurrence.ToString());
        Assert.Equal(explanation ?? recurrence.Explain(), recurrence.Explain());
        Assert.Equal(recurrence, Quartz(canonical));
    }

    [Theory]
    [InlineData("0 0 12 * *", 0, 10, "6 fields", "0 in front")]
    [InlineData("0 0 12 ? * ?", 11, 1, "'*' or days", "every day")]
    [InlineData("0 0 12 ? * ?  ", 11, 1, "'*' or days", "every day")]
    [InlineData("0 ? 12 * * ?", 2, 1, "day of month", "'*'")]
    [InlineData("0 0 12 ?,5 * MON", 7, 1, "nothing else", null)]
    [InlineData("0 0 12 ? * 0", 11, 1, "1 to 7", null)]
    [InlineData("0 0 12 ? * FRI/6", 15, 1, "1 to 5", null)]
    [InlineData("0 0 12 ? * MON/2,FRI/3", 21, 1, "2 again", null)]
    [InlineData("0 0 12 ? * MON#1,FRI#2", 16, 1, "alone", null)]
    [InlineData("0 0 12 LW-31 * ?", 7, 5, "LW-0 to LW-30", null)]
    [InlineData("0 0 12 1 * ? 1969", 13, 4, "1970 to 2199", null)]
    [InlineData("0 0 12 1 * ? 2030-2027", 22, 0, "earlier year first", null)]
    [InlineData("0 0 12 1 * ? 2027 8", 0, 19, "7", null)]
    public void A_mistake_is_shown_where_it_stands(string expression, int position, int length, string expected, string? hint)
    {
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Cron, expression, "quartz"), out _, out var error));

        Assert.Equal((position, length), (error.Position, error.Length));
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Contains(hint ?? "", error.Hint ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 0 12 31W 2,4 ?", "2026-02-27", "2026-04-30", "2027-02-26")]
    [InlineData("0 0 12 1 1 ? 2027/2", "2027-01-01", "2029-01-01", "2031-01-01")]
    [InlineData("0 0 12 ? * FRI/2", "2026-01-02", "2026-01-16", "2026-01-30")]
    public void Days_are_found(string expression, params string[] days)
    {
        var recurrence = Quartz(expression);

        Assert.Equal(days.Select(day => LanguageCases.Instant(day + "T12:00Z")), recurrence.Between(Start, DateTimeOffset.MaxValue, Zone.Utc).Take(days.Length));
    }

    [Fact]
    public void A_year_may_end_it()
    {
        var recurrence = Quartz("0 0 12 1 1 ? 2027-2028");

        Assert.Null(recurrence.Next(LanguageCases.Instant("2028-01-01T12:00Z"), Zone.Utc));
        Assert.Equal(LanguageCases.Instant("2028-01-01T12:00Z"), recurrence.Previous(DateTimeOffset.MaxValue, Zone.Utc));
        Assert.Null(recurrence.Previous(LanguageCases.Instant("2027-01-01T12:00Z"), Zone.Utc));
    }

    [Theory]
    [InlineData("0 0 9 * * 1", null)]
    [InlineData("0 0 9 * * 1", "unix")]
    [InlineData("0 0 9 ? * 2-6", "quartz")]
    [InlineData("0 0 9 13 * 5", "quartz")]
    public void Six_fields_that_another_dialect_reads_in_another_way_draw_a_warning(string expression, string? dialect)
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect));

        var warning = Assert.Single(recurrence.Warnings);

        Assert.Contains(recurrence.Explain(), warning, StringComparison.Ordinal);
        Assert.Contains($"read as {dialect ?? "unix"}", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 0 9 * * MON 2027")]
    [InlineData("0 0 9 1 * * 2027")]
    public void A_star_beside_days_means_every_day_and_draws_a_warning(string expression)
    {
        var recurrence = Quartz(expression);

        Assert.Equal("at 09:00 in 2027", recurrence.Explain());
        Assert.Contains("'?'", Assert.Single(recurrence.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 0 9 * * *", null)]
    [InlineData("0 0 9 ? * MON", null)]
    [InlineData("0 9 * * 1", null)]
    [InlineData("@daily", null)]
    [InlineData("0 0 9 * * 1", "cronos")]
    [InlineData("0 0 9 * * ?", "quartz")]
    [InlineData("0 0 9 ? * 2-6 2027", "quartz")]
    [InlineData("0 0 9 1 * MON 2027", "quartz")]
    public void What_is_the_same_in_both_draws_none(string expression, string? dialect) =>
        Assert.Empty(Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect)).Warnings);

    private static Recurrence Quartz(string expression) => Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, "quartz"));
}
