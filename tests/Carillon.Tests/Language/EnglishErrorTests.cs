using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class EnglishErrorTests
{
    /// <summary>A sentence, the first character that is wrong, and a piece of what is said of it.</summary>
    [Theory]
    [InlineData("every day at 9am in berlin", 20, "Did you mean 'Europe/Berlin'?")]
    [InlineData("evry day", 0, "Did you mean 'every'?")]
    [InlineData("every tusday at 9", 6, "Did you mean 'tuesday'?")]
    [InlineData("every 2 wekks on tuesday", 8, "Did you mean 'weeks'?")]
    [InlineData("on the last firday of the month", 12, "Did you mean 'friday'?")]
    [InlineData("every day at 9 blah", 15, "'blah' is not understood after 'every day at 9'")]
    [InlineData("tomorrow at 9", 0, "kind 'at'")]
    [InlineData("in 5 minutes", 3, "kind 'at'")]
    [InlineData("next monday", 0, "kind 'at'")]
    [InlineData("every morning at 8", 6, "at 8am")]
    [InlineData("every day at 25", 13, "0 to 23")]
    [InlineData("every day at 25:00", 13, "00:00 to 23:59")]
    [InlineData("every day at 930", 13, "Write 9:30.")]
    [InlineData("every day at 13pm", 13, "1 to 12 with am or pm")]
    [InlineData("every day at 24:00", 13, "00:00")]
    [InlineData("every day at", 12, "The sentence ends after 'every day at'")]
    [InlineData("every", 5, "'every monday'")]
    [InlineData("every day at 9 and", 18, "The sentence ends")]
    [InlineData("every 0 minutes", 0, "would never move on")]
    [InlineData("every 15", 8, "a unit: seconds")]
    [InlineData("at 8 and 9pm", 3, "8am or 8pm")]
    [InlineData("every hour between 9 and 5pm", 19, "9am or 9pm")]
    [InlineData("every hour between 9 and 5", 25, "5pm or 17")]
    [InlineData("every hour from 9:00", 20, "'to' and the time")]
    [InlineData("every day from 9 to 17", 10, "A window stands without an interval")]
    [InlineData("every 15 minutes at 9:00", 17, "An interval has times of day")]
    [InlineData("mondays at 9 and fridays at 10", 17, "two schedules")]
    [InlineData("every monday at 9 at 10", 18, "The time was given before")]
    [InlineData("every 15 minutes at :30", 17, "an interval of whole hours")]
    [InlineData("daily at :30", 6, "a whole time such as 9:30")]
    [InlineData("every third friday at 9", 6, "every 3 weeks on friday")]
    [InlineData("every month on monday", 12, "'the first', 'the last'")]
    [InlineData("every day on the 1st", 10, "one of them")]
    [InlineData("yearly on the 5th", 7, "'yearly on 5 january'")]
    [InlineData("the 6th friday of the month", 4, "'first' to 'fifth'")]
    [InlineData("on the 32nd", 7, "1st to 31st")]
    [InlineData("in january", 0, "neither days nor times")]
    [InlineData("twice a day at 9", 0, "says 2, but 1 is given")]
    [InlineData("every day in Europe/Berln", 13, "did you mean 'Europe/Berlin'?")]
    [InlineData("every day in Atlantis", 13, "months or a zone")]
    [InlineData("biweekly", 0, "every 2 weeks")]
    [InlineData("every 250 milliseconds", 10, "250ms")]
    [InlineData("every business week", 15, "'day' or 'days'")]
    [InlineData("the 1st except sundays", 8, "Days of the week are excepted")]
    [InlineData("every sunday except weekends", 13, "No day is left")]
    [InlineData("every 5 minutes until 2027", 16, "'endAt'")]
    [InlineData("every 30 hours on mondays", 0, "at most 24 hours")]
    [InlineData("every 1.5 hours", 6, "'1.5' is no whole number (at character 7); expected a whole number of units. Write 'every 90 minutes'.")]
    [InlineData("every 0.5 days", 6, "'every 12 hours'")]
    [InlineData("every 1.5 months", 6, "a whole number of units.")]
    [InlineData("9", 0, "A time? Write 'at 9'. An interval? Write 'every 9 minutes'.")]
    [InlineData("90", 0, "the end. An interval? Write 'every 90 minutes'.")]
    [InlineData("5m", 0, "the kind 'every'")]
    [InlineData("-5m", 0, "leave the minus out")]
    [InlineData("P1M", 0, "Write PT1M.")]
    [InlineData("every day at 9.30", 14, "'.' is not understood")]
    [InlineData("*/5 * * * *", 0, "'*' is not understood")]
    public void What_cannot_be_read_is_shown_where_it_is_with_what_would_be_right(string text, int position, string said)
    {
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Text, text), out _, out var error));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
        Assert.InRange(error.Length, 0, text.Length - position);
    }

    [Fact]
    public void No_text_of_these_words_makes_it_throw_or_read_what_it_does_not_write()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string[] words = [.. "every 15 minutes hour day week month quarter year second third on the 1st 15th last friday mondays weekdays business day of january to - and , at 9 9am 17:30 noon :30 between from half past in Europe/Berlin UTC except twice a other before end 31 fortnightly yearly daily é \u0000 ' / 24:00 99999999999".Split(' ')];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => words[random.Next(words.Length)]));
            if (random.Next(4) == 0) text = text.Remove(random.Next(text.Length), 1);
            try
            {
                Check(text);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}: '{text}'", exception);
            }
        }
    }

    private static void Check(string text)
    {
        if (!Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Text, text), out var recurrence, out var error))
        {
            Assert.InRange(error.Position, 0, text.Length);
            Assert.InRange(error.Position + error.Length, 0, text.Length);
            return;
        }

        var canonical = recurrence.ToString();
        var again = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Text, canonical));
        Assert.Equal(recurrence, again);
        Assert.Equal(canonical, again.ToString());
        Assert.NotEmpty(recurrence.Explain());
    }
}
