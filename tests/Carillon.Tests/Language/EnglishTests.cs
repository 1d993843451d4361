using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class EnglishTests
{
    // A Monday, at midnight in UTC and in Dublin.
    private static readonly DateTimeOffset Start = LanguageCases.Instant("2027-01-04T00:00:00Z");

    /// <summary>A sentence, and a cron expression that means the same.</summary>
    [Theory]
    [InlineData("every 15 minutes", "*/15 * * * *")]
    [InlineData("every quarter of an hour", "*/15 * * * *")]
    [InlineData("every half hour", "*/30 * * * *")]
    [InlineData("every minute", "* * * * *")]
    [InlineData("each minute", "* * * * *")]
    [InlineData("every second", "* * * * * *")]
    [InlineData("every 15m", "*/15 * * * *")]
    [InlineData("every fifteen mins", "*/15 * * * *")]
    [InlineData("hourly", "0 * * * *")]
    [InlineData("every hour", "0 * * * *")]
    [InlineData("every hour on the hour", "0 * * * *")]
    [InlineData("every hour on the half hour", "30 * * * *")]
    [InlineData("hourly at :30", "30 * * * *")]
    [InlineData("every hour at :15 and :45", "15,45 * * * *")]
    [InlineData("every hour at minute 15", "15 * * * *")]
    [InlineData("at 15 minutes past the hour", "15 * * * *")]
    [InlineData("at 15 minutes past every hour", "15 * * * *")]
    [InlineData("every 2 hours at :15", "15 */2 * * *")]
    [InlineData("every other hour", "0 */2 * * *")]
    [InlineData("every second hour", "0 */2 * * *")]
    [InlineData("every 6 hours", "0 */6 * * *")]
    [InlineData("every weekday at 9am", "0 9 * * 1-5")]
    [InlineData("9am every weekday", "0 9 * * 1-5")]
    [InlineData("every business day at 9am", "0 9 * * 1-5")]
    [InlineData("on working days at 9 a.m.", "0 9 * * 1-5")]
    [InlineData("every weekend at 10", "0 10 * * 0,6")]
    [InlineData("every day at 8", "0 8 * * *")]
    [InlineData("every day at eight o'clock", "0 8 * * *")]
    [InlineData("daily at 6", "0 6 * * *")]
    [InlineData("at noon", "0 12 * * *")]
    [InlineData("every day at 12 noon", "0 12 * * *")]
    [InlineData("every day at 12am", "0 0 * * *")]
    [InlineData("every day at 12:30pm", "30 12 * * *")]
    [InlineData("every day at half past nine", "30 9 * * *")]
    [InlineData("every day at quarter to 5pm", "45 16 * * *")]
    [InlineData("every day at 10 past 9", "10 9 * * *")]
    [InlineData("every day", "0 0 * * *")]
    [InlineData("daily.", "0 0 * * *")]
    [InlineData("twice a day at 8 and 20", "0 8,20 * * *")]
    [InlineData("3 times a day at 8, 12 and 16", "0 8,12,16 * * *")]
    [InlineData("once a day at 9", "0 9 * * *")]
    [InlineData("twice a week on monday and thursday at 9", "0 9 * * 1,4")]
    [InlineData("every monday", "0 0 * * 1")]
    [InlineData("MONDAYS AT 9", "0 9 * * 1")]
    [InlineData("Every Monday, Wednesday, and Friday at 07:30", "30 7 * * 1,3,5")]
    [InlineData("mon-fri at 9:00", "0 9 * * 1-5")]
    [InlineData("from monday to friday at 9:00", "0 9 * * 1-5")]
    [InlineData("on fri through mon at 9:00", "0 9 * * 5,6,0,1")]
    [InlineData("every day except sundays at 9", "0 9 * * 1-6")]
    [InlineData("every weekday except friday at 9", "0 9 * * 1-4")]
    [InlineData("every day at 9 except in august", "0 9 * 1-7,9-12 *")]
    [InlineData("weekly", "0 0 * * 1")]
    [InlineData("every week on sunday at 23:59:59", "59 59 23 * * 0")]
    [InlineData("on the 1st and 15th at noon", "0 12 1,15 * *")]
    [InlineData("every 1st and 15th of the month at noon", "0 12 1,15 * *")]
    [InlineData("on day 15 of the month", "0 0 15 * *")]
    [InlineData("monthly", "0 0 1 * *")]
    [InlineData("every month on the 5th at 2am", "0 2 5 * *")]
    [InlineData("every 3 months on the 5th at 02:00", "0 2 5 */3 *")]
    [InlineData("on the 5th of every third month at 02:00", "0 2 5 */3 *")]
    [InlineData("every other month on the 5th", "0 0 5 */2 *")]
    [InlineData("on the last friday of every month at 18:00", "0 18 * * 5L")]
    [InlineData("every last friday at 18:00", "0 18 * * 5L")]
    [InlineData("the second monday of the month", "0 0 * * 1#2")]
    [InlineData("every second monday of the month", "0 0 * * 1#2")]
    [InlineData("the last day of the month at 23:59", "59 23 L * *")]
    [InlineData("3 days before the end of the month at 6", "0 6 L-3 * *")]
    [InlineData("the second-last day of the month", "0 0 L-1 * *")]
    [InlineData("the second to last day of the month", "0 0 L-1 * *")]
    [InlineData("the last business day of every month at 17:00", "0 17 LW * *")]
    [InlineData("the last weekday of the month at 17:00", "0 17 LW * *")]
    [InlineData("quarterly", "0 0 1 */3 *")]
    [InlineData("quarterly on the last day at 20:00", "0 20 L 3,6,9,12 *")]
    [InlineData("on the last day of the quarter at 20:00", "0 20 L 3,6,9,12 *")]
    [InlineData("on the first day of the quarter", "0 0 1 1,4,7,10 *")]
    [InlineData("yearly", "0 0 1 1 *")]
    [InlineData("yearly on 24 December at 18:00", "0 18 24 12 *")]
    [InlineData("annually on the 24th of december at 6pm", "0 18 24 12 *")]
    [InlineData("every december on the 24th at 6pm", "0 18 24 12 *")]
    [InlineData("once a year on december 24th at 18:00", "0 18 24 12 *")]
    [InlineData("on january 1st", "0 0 1 1 *")]
    [InlineData("on jan 1 and 15", "0 0 1,15 1 *")]
    [InlineData("on the last day of the year", "0 0 31 12 *")]
    [InlineData("every 10 minutes on mondays in january and july", "*/10 * * 1,7 1")]
    [InlineData("every 10 minutes from 9:00 to 16:55 on weekdays", "*/10 9-16 * * 1-5")]
    [InlineData("every 30 seconds from 8am to 17:59:30", "*/30 * 8-17 * * *")]
    [InlineData("every hour between 9 and 17", "0 9-17 * * *")]
    [InlineData("every 2 hours from 9:00 to 17:00", "0 9-17/2 * * *")]
    [InlineData("weekdays 9:00-17:00 every hour", "0 9-17 * * 1-5")]
    [InlineData("mondays of january at 9", "0 9 * 1 1")]
    public void A_sentence_means_what_its_cron_expression_means(string text, string cron)
    {
        var expected = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, cron));
        Assert.True(Zones.TryFind("Europe/Dublin", out var zone, out _));
        var english = English(text);

        DateTimeOffset[] starts = [Start, LanguageCases.Instant("2027-03-27T20:00:00Z"), LanguageCases.Instant("2027-10-30T20:00:00Z"), LanguageCases.Instant("2028-02-27T00:00:00Z")];
        Assert.All(starts, start => Assert.Equal(Chain(expected, start, zone), Chain(english, start, zone)));
        Assert.All(starts, start => Assert.Equal(expected.Previous(start, zone), english.Previous(start, zone)));
    }

    /// <summary>What cron cannot say.</summary>
    [Theory]
    [InlineData("at 09:00 and 17:30 on mondays and thursdays", "2027-01-04T09:00Z 2027-01-04T17:30Z 2027-01-07T09:00Z 2027-01-07T17:30Z")]
    [InlineData("every 2 weeks on tuesday at 10:00", "2027-01-05T10:00Z 2027-01-19T10:00Z 2027-02-02T10:00Z")]
    [InlineData("every other tuesday at 10:00", "2027-01-05T10:00Z 2027-01-19T10:00Z 2027-02-02T10:00Z")]
    [InlineData("fortnightly on tuesdays and fridays at 10:00", "2027-01-05T10:00Z 2027-01-08T10:00Z 2027-01-19T10:00Z")]
    [InlineData("every day at 8 in Europe/Berlin", "2027-01-04T07:00Z 2027-01-05T07:00Z")]
    [InlineData("every day at 8 in europe/berlin", "2027-01-04T07:00Z 2027-01-05T07:00Z")]
    [InlineData("every day at 8 in UTC", "2027-01-04T08:00Z 2027-01-05T08:00Z")]
    [InlineData("quarterly on the first business day at 07:00", "2027-04-01T07:00Z 2027-07-01T07:00Z 2027-10-01T07:00Z 2028-01-03T07:00Z")]
    [InlineData("the 2nd and 4th wednesday of the month at 10:00", "2027-01-13T10:00Z 2027-01-27T10:00Z 2027-02-10T10:00Z")]
    [InlineData("5 business days before the end of the month", "2027-01-22T00:00Z 2027-02-19T00:00Z 2027-03-24T00:00Z")]
    [InlineData("every 10 minutes between 22:50 and 0:10 on fridays", "2027-01-08T22:50Z 2027-01-08T23:00Z 2027-01-08T23:10Z 2027-01-08T23:20Z 2027-01-08T23:30Z 2027-01-08T23:40Z 2027-01-08T23:50Z 2027-01-09T00:00Z 2027-01-09T00:10Z 2027-01-15T22:50Z")]
    [InlineData("every 25 minutes between 9:05 and 10:00", "2027-01-04T09:05Z 2027-01-04T09:30Z 2027-01-04T09:55Z 2027-01-05T09:05Z")]
    [InlineData("every 10 hours on mondays", "2027-01-04T10:00Z 2027-01-04T20:00Z 2027-01-11T00:00Z")]
    [InlineData("every 6 hours from noon to midnight", "2027-01-04T12:00Z 2027-01-04T18:00Z 2027-01-05T00:00Z 2027-01-05T12:00Z")]
    [InlineData("on the 1st, the 15th and the last day at 6", "2027-01-15T06:00Z 2027-01-31T06:00Z 2027-02-01T06:00Z")]
    [InlineData("on january 1st and july 4th", "2027-07-04T00:00Z 2028-01-01T00:00Z")]
    [InlineData("on 24 and 25 december at 18:00", "2027-12-24T18:00Z 2027-12-25T18:00Z")]
    [InlineData("on the first monday and the last friday of june", "2027-06-07T00:00Z 2027-06-25T00:00Z 2028-06-05T00:00Z")]
    [InlineData("every 2 years on 29 february", "2028-02-29T00:00Z 2032-02-29T00:00Z")]
    [InlineData("every 90 minutes", "2027-01-04T01:30Z 2027-01-04T03:00Z")]
    [InlineData("every hour and a half", "2027-01-04T01:30Z 2027-01-04T03:00Z")]
    [InlineData("every 7 minutes", "2027-01-04T00:01Z 2027-01-04T00:08Z")]
    [InlineData("every 36 hours", "2027-01-05T00:00Z 2027-01-06T12:00Z")]
    [InlineData("every 5 months on the 3rd", "2027-02-03T00:00Z 2027-07-03T00:00Z")]
    [InlineData("every 3 days except sundays", "2027-01-06T00:00Z 2027-01-09T00:00Z 2027-01-12T00:00Z 2027-01-15T00:00Z 2027-01-18T00:00Z 2027-01-21T00:00Z 2027-01-27T00:00Z")]
    public void A_sentence_has_these_instants(string text, string instants)
    {
        var expected = instants.Split(' ').Select(LanguageCases.Instant).ToList();

        Assert.Equal(expected, English(text).Between(Start, DateTimeOffset.MaxValue, Zone.Utc).Take(expected.Count));
    }

    [Fact]
    public void Steps_of_weeks_are_counted_from_the_week_of_the_anchor_in_the_zone()
    {
        Assert.True(Zones.TryFind("Pacific/Auckland", out var zone, out _));
        var biweekly = English("every 2 weeks on friday at 10:00").AnchoredAt(LanguageCases.Instant("2027-01-10T20:00:00Z"));

        Assert.Equal(LanguageCases.Instant("2027-01-14T21:00:00Z"), biweekly.Next(Start, zone));
        Assert.Equal(LanguageCases.Instant("2027-01-08T10:00:00Z"), biweekly.Next(Start, Zone.Utc));
        Assert.Contains("2027-01-10 20:00 UTC", biweekly.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void Elapsed_time_is_counted_from_the_anchor() =>
        Assert.Equal(Start.AddMinutes(8), English("every 7 minutes").AnchoredAt(Start.AddMinutes(1)).Next(Start.AddMinutes(1), Zone.Utc));

    [Theory]
    [InlineData("on 30 february", "never fires: on the 30th of February")]
    [InlineData("every day", "at 00:00 every day")]
    [InlineData("every 15 minutes", "every 15 minutes, by the clock")]
    [InlineData("every 10 minutes between 9:00 and 17:00 on weekdays", "every 10 minutes from 09:00 to 17:00 on weekdays, both ends included")]
    [InlineData("every 2 weeks", "at 00:00 every 2 weeks on Monday; counted from the week of Monday 1970-01-05")]
    [InlineData("every 7 minutes", "every 7 minutes of elapsed time, counted from 1970-01-01 00:00:00 UTC: it does not divide the day, so no clock is looked at")]
    [InlineData("every 7 minutes on mondays", "every 7 minutes on Monday, starting anew at 00:00 of each of these days")]
    [InlineData("9am every weekday in europe/berlin", "at 09:00 on weekdays in Europe/Berlin")]
    public void It_is_explained(string text, string explained) => Assert.Equal(explained, English(text).Explain());

    [Theory]
    [InlineData("every day at 09:00", "at 9am daily")]
    [InlineData("every 15 minutes", "every hour at :00, :15, :30 and :45")]
    [InlineData("on mondays and fridays", "every fri and mon at midnight")]
    [InlineData("the 1st of january, april, july and october", "quarterly")]
    public void What_means_the_same_is_equal(string one, string other)
    {
        Assert.Equal(English(one), English(other));
        Assert.Equal(English(one).GetHashCode(), English(other).GetHashCode());
        Assert.Equal(English(one).ToString(), English(other).ToString());
    }

    private static Recurrence English(string text) => Recurrence.Parse(new RecurrenceText(RecurrenceForm.Text, text));

    private static List<DateTimeOffset> Chain(Recurrence recurrence, DateTimeOffset from, Zone zone) => [.. recurrence.Between(from, DateTimeOffset.MaxValue, zone).Take(200)];
}
