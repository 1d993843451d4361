using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class CronTextTests
{
    private static readonly DateTimeOffset Start = LanguageCases.Instant("2026-01-01T00:00Z");

    [Theory]
    [InlineData("@daily", "0 0 * * *", "at 00:00")]
    [InlineData("@every_second", "* * * * * *", "every second")]
    [InlineData("  0   9\t* * mon-FRI ", "0 9 * * 1-5", "at 09:00 on Monday to Friday")]
    [InlineData("0 */5 * * * *", "*/5 * * * *", "every 5 minutes")]
    [InlineData("0-59/15 9-17 * * *", "*/15 9-17 * * *", "every 15 minutes from 09:00 to 17:59")]
    [InlineData("5 */2 * * *", "5 */2 * * *", "at minute 5 of every 2 hours, from 00:00")]
    [InlineData("30 4 1,15 * 5", "30 4 1,15 * 5", "at 04:30 on day 1 and 15 of the month or Friday")]
    [InlineData("0 0 L * ?", "0 0 L * *", "at 00:00 on the last day of the month")]
    [InlineData("0 0 L-3W 1-3 ?", "0 0 L-3W 1-3 *", "at 00:00 on the weekday nearest to the day 3 before the last of the month in January to March")]
    [InlineData("0 18 * * fril", "0 18 * * 5L", "at 18:00 on the last Friday of the month")]
    [InlineData("0 18 * * 7#2", "0 18 * * 0#2", "at 18:00 on the second Sunday of the month")]
    [InlineData("0 0 * * 5,6,7", "0 0 * * 0,5-6", "at 00:00 on Friday to Sunday")]
    [InlineData("0 22-2 * * *", "0 0-2,22-23 * * *", "at 00:00, 01:00, 02:00, 22:00 and 23:00")]
    [InlineData("0 0 31 2 *", "0 0 31 2 *", "never fires: 31 February")]
    [InlineData("0 0 30,31 2 *", "0 0 30-31 2 *", "never fires: 30 or 31 February")]
    public void An_expression_is_written_back_and_explained(string expression, string canonical, string explanation)
    {
        var recurrence = Cron(expression);

        Assert.Equal(canonical, recurrence.ToString());
        Assert.Equal(explanation, recurrence.Explain());
    }

    [Theory]
    [InlineData("0 0 13 * 5", "2026-01-02", "2026-01-09", "2026-01-13")]
    [InlineData("0 0 */10 * 5", "2026-01-02", "2026-01-09", "2026-01-11")]
    [InlineData("0 0 1-31 * 5", "2026-01-02", "2026-01-03", "2026-01-04")]
    [InlineData("0 0 */1 * 5", "2026-01-02", "2026-01-09", "2026-01-16")]
    [InlineData("0 0 L * MON#1", "2026-01-05", "2026-01-31", "2026-02-02")]
    public void In_unix_either_restricted_day_suffices(string expression, params string[] expected) => AssertDays(Cron(expression), expected);

    [Theory]
    [InlineData("0 0 13 * 5", "2026-02-13", "2026-03-13", "2026-11-13")]
    [InlineData("0 0 1-7 * MON", "2026-01-05", "2026-02-02", "2026-03-02")]
    public void In_cronos_both_days_must_match(string expression, params string[] expected) => AssertDays(Cron(expression, "cronos"), expected);

    [Theory]
    [InlineData("*/15,7 * * * *", "0,7,15,30,45 * * * *")]
    [InlineData("1,*/30 * * * *", "0-1,30 * * * *")]
    public void A_star_may_stand_in_a_list_of_unix_only(string expression, string canonical)
    {
        Assert.Equal(canonical, Cron(expression).ToString());
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Cron, expression, "cronos"), out _, out _));
    }

    [Theory]
    [InlineData("61 * * * *", 0, 2, "0 to 59", null)]
    [InlineData("0 9 * * MONDAY", 8, 6, "SUN to SAT", "MON")]
    [InlineData("0 9 * JANUARY *", 6, 7, "JAN to DEC", "JAN")]
    [InlineData("*/0 * * * *", 2, 1, "1 to 59", "never move on")]
    [InlineData("*/60 * * * *", 2, 2, "1 to 59", "only once")]
    [InlineData("0 0 L,15 * *", 5, 1, "alone", null)]
    [InlineData("0 0 1,15W * *", 8, 1, "1 to 31", "alone")]
    [InlineData("0 0 * * MON#1,FRI#2", 13, 1, "alone", null)]
    [InlineData("0 0 * * L", 8, 1, "SUN to SAT", "FRIL")]
    [InlineData("* * * *", 0, 7, "5 fields", null)]
    [InlineData("0 0 12 * * ? 2027", 0, 17, "5 fields", "year")]
    [InlineData("CRON_TZ=Europe/Berlim 0 9 * * *", 8, 13, "IANA id", null)]
    [InlineData("TZ= 0 9 * * *", 3, 0, "IANA id", null)]
    [InlineData("CRON_TZ=UTC @every 5m", 0, 11, "without a zone", "Elapsed time")]
    [InlineData("TZ=UTC @reboot", 0, 6, "without a zone", null)]
    [InlineData("CRON_TZ=UTC", 11, 0, "5 fields", null)]
    [InlineData("CRON_TZ=UTC 0 25 * * *", 14, 2, "0 to 23", null)]
    [InlineData("H(0-60) 9 * * *", 4, 2, "0 to 59", null)]
    [InlineData("H(5) 9 * * *", 3, 0, "H(0-29)", null)]
    [InlineData("H(5-1) 9 * * *", 2, 3, "H(0-29)", null)]
    [InlineData("H(1-5 9 * * *", 5, 0, "H(0-29)", null)]
    [InlineData("H/0 9 * * *", 2, 1, "1 to 59", "never move on")]
    [InlineData("H5 9 * * *", 1, 1, "0 to 59", null)]
    [InlineData("@rebot", 0, 6, "@daily", null)]
    [InlineData("@every soon", 7, 1, "1h30m", null)]
    [InlineData("@every 20ms", 6, 5, "100ms", null)]
    [InlineData("٣ * * * *", 0, 1, "0 to 59", null)]
    public void A_mistake_is_shown_where_it_stands(string expression, int position, int length, string expected, string? hint)
    {
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Cron, expression), out _, out var error));

        Assert.Equal((position, length), (error.Position, error.Length));
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Contains(hint ?? "", error.Hint ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spring")]
    [InlineData("unixx")]
    public void An_unsupported_dialect_is_refused_with_the_supported_ones(string dialect)
    {
        var exception = Assert.Throws<ScheduleFormatException>(() => Cron("* * * * *", dialect));

        Assert.Contains("'unix'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'cronos'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(dialect, exception.Error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_more_than_256_characters_is_refused() =>
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Cron, "* * * * *" + new string(' ', 248)), out _, out _));

    [Theory]
    [InlineData("0 0 31 2 *")]
    [InlineData("0 0 30 2 ?")]
    [InlineData("0 0 31 4,6,9,11 *")]
    public void What_never_fires_has_no_next(string expression) => Assert.Null(Cron(expression).Next(Start, Zone.Utc));

    [Fact]
    public void Nothing_fires_after_2199()
    {
        var daily = Cron("@daily");

        Assert.Equal(LanguageCases.Instant("2199-12-31T00:00Z"), daily.Next(LanguageCases.Instant("2199-12-30T00:00Z"), Zone.Utc));
        Assert.Null(daily.Next(LanguageCases.Instant("2199-12-31T00:00Z"), Zone.Utc));
        Assert.Null(daily.Next(DateTimeOffset.MaxValue, Zone.Utc));
        Assert.Equal(LanguageCases.Instant("1900-01-01T00:00Z"), daily.Next(DateTimeOffset.MinValue, Zone.Utc));
    }

    [Fact]
    public void Next_in_UTC_allocates_nothing()
    {
        var recurrence = Cron("*/5 9-17 * * MON-FRI");
        _ = recurrence.Next(Start, Zone.Utc);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var next = Start;
        for (var i = 0; i < 1000; i++) next = recurrence.Next(next, Zone.Utc)!.Value;

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Recurrence Cron(string expression, string? dialect = null) => Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect));

    private static void AssertDays(Recurrence recurrence, string[] expected)
    {
        var after = Start.AddTicks(-1);
        foreach (var day in expected)
        {
            after = Start.AddTicks(-1) == after ? recurrence.Next(Start, Zone.Utc)!.Value : recurrence.Next(after, Zone.Utc)!.Value;
            Assert.Equal(LanguageCases.Instant(day + "T00:00Z"), after);
        }
    }
}
