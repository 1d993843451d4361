using System.Text.Json;
using Carillon.Language;

namespace Carillon.Tests.Language;

/// <summary>What every recurrence answers, whatever its form.</summary>
public sealed class RecurrenceTests
{
    private static readonly DateTimeOffset Start = LanguageCases.Instant("2026-01-01T00:00Z");

    [Theory]
    [InlineData(RecurrenceForm.Cron, "*/15 9-17 * * MON-FRI", null, null, null, "{\"form\":\"cron\",\"text\":\"*/15 9-17 * * 1-5\",\"dialect\":\"unix\"}")]
    [InlineData(RecurrenceForm.Cron, "0 0 12 L,15W * ? 2027", "quartz", ClockGap.Skip, ClockRepeat.Both, "{\"form\":\"cron\",\"text\":\"0 0 12 15W,L * ? 2027\",\"dialect\":\"quartz\",\"gap\":\"skip\",\"repeat\":\"both\"}")]
    [InlineData(RecurrenceForm.Cron, "CRON_TZ=Europe/Berlin @daily", "cronos", null, null, "{\"form\":\"cron\",\"text\":\"CRON_TZ=Europe/Berlin 0 0 * * *\",\"dialect\":\"cronos\"}")]
    [InlineData(RecurrenceForm.Cron, "@reboot", null, ClockGap.Skip, null, "{\"form\":\"cron\",\"text\":\"@reboot\",\"dialect\":\"unix\"}")]
    [InlineData(RecurrenceForm.Every, "{\"hours\":1,\"minutes\":30}", null, ClockGap.Skip, null, "{\"form\":\"every\",\"text\":\"1h30m\"}")]
    [InlineData(RecurrenceForm.Every, "5m after end", null, null, null, "{\"form\":\"every\",\"text\":\"5m after end\"}")]
    [InlineData(RecurrenceForm.At, "2027-01-31 09:00", null, null, ClockRepeat.Last, "{\"form\":\"at\",\"text\":\"2027-01-31T09:00:00\",\"repeat\":\"last\"}")]
    public void JSON_reads_back_to_an_equal_one(RecurrenceForm form, string text, string? dialect, ClockGap? gap, ClockRepeat? repeat, string expected)
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(form, text, dialect)).With(new ClockChanges(gap, repeat));

        var json = JsonSerializer.Serialize(recurrence);

        Assert.Equal(expected, json);
        Assert.Equal(recurrence, JsonSerializer.Deserialize<Recurrence>(json));
    }

    [Fact]
    public void JSON_keeps_what_an_interval_counts_from()
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Every, "90s")).AnchoredAt(LanguageCases.Instant("2026-01-01T00:00:07+02:00"));

        Assert.Equal(recurrence, JsonSerializer.Deserialize<Recurrence>(JsonSerializer.Serialize(recurrence)));
    }

    [Theory]
    [InlineData("5", "JSON object")]
    [InlineData("{\"text\":\"61 * * * *\"}", "out of range")]
    [InlineData("{\"form\":\"spoken\",\"text\":\"daily\"}", "cron, every, at, text")]
    [InlineData("{\"text\":\"@daily\",\"gap\":\"jump\"}", "end, shift, skip")]
    public void JSON_that_is_none_is_refused_with_the_words_why(string json, string words)
    {
        var exception = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Recurrence>(json));

        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Between_takes_the_end_and_leaves_out_the_begin()
    {
        var hourly = Cron("@hourly");

        var found = hourly.Between(Start, Start.AddHours(3), Zone.Utc);

        Assert.Equal([Start.AddHours(1), Start.AddHours(2), Start.AddHours(3)], found);
    }

    [Fact]
    public void Previous_is_strictly_earlier_and_ends_with_1900()
    {
        var daily = Cron("@daily");

        Assert.Equal(Start.AddDays(-1), daily.Previous(Start, Zone.Utc));
        Assert.Equal(Start, daily.Previous(Start.AddTicks(1), Zone.Utc));
        Assert.Equal(LanguageCases.Instant("1900-01-01T00:00Z"), daily.Previous(LanguageCases.Instant("1900-01-02T00:00Z"), Zone.Utc));
        Assert.Null(daily.Previous(LanguageCases.Instant("1900-01-01T00:00Z"), Zone.Utc));
        Assert.Null(daily.Previous(DateTimeOffset.MinValue, Zone.Utc));
        Assert.Equal(LanguageCases.Instant("2199-12-31T00:00Z"), daily.Previous(DateTimeOffset.MaxValue, Zone.Utc));
        Assert.Null(Cron("0 0 31 2 *").Previous(Start, Zone.Utc));
    }

    [Fact]
    public void Previous_of_an_interval_counts_from_its_anchor()
    {
        var every = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Every, "90s")).AnchoredAt(Start);

        Assert.Equal(Start, every.Previous(Start.AddSeconds(90), Zone.Utc));
        Assert.Equal(Start.AddSeconds(-90), every.Previous(Start, Zone.Utc));
        Assert.Null(Recurrence.Parse(new RecurrenceText(RecurrenceForm.Every, "5m after end")).Previous(Start, Zone.Utc));
        Assert.Null(every.Previous(DateTimeOffset.MinValue, Zone.Utc));
    }

    [Fact]
    public void A_zone_in_the_text_is_taken_in_place_of_the_given_one()
    {
        var recurrence = Cron("CRON_TZ=America/New_York 0 9 * * *");

        Assert.Equal("America/New_York", recurrence.Zone!.Id);
        Assert.Equal(LanguageCases.Instant("2026-01-01T14:00Z"), recurrence.Next(Start, Zone.Utc));
        Assert.Equal(LanguageCases.Instant("2025-12-31T14:00Z"), recurrence.Previous(Start, Zone.Utc));
        Assert.Equal("at 09:00, America/New_York", recurrence.Explain());
        Assert.Equal(recurrence, Cron("tz=America/New_York 0 9 * * ?"));
        Assert.NotEqual(recurrence, Cron("0 9 * * *"));
    }

    [Fact]
    public void Each_field_is_explained()
    {
        var fields = Cron("CRON_TZ=UTC */10 9-17 1,15 * MON").ExplainFields();

        Assert.Equal(
            [
                "zone|CRON_TZ=UTC|by the clocks of UTC", "minute|*/10|every 10 minutes", "hour|9-17|at hour 9 to 17",
                "day of month|1,15|on day 1 and 15 of the month; either this or the other day field suffices", "month|*|every month",
                "day of week|1|on Monday; either this or the other day field suffices",
            ],
            fields.Select(field => $"{field.Name}|{field.Text}|{field.Meaning}"));
    }

    [Theory]
    [InlineData("{\"hours\":1,\"minutes\":0,\"seconds\":0}", "1h")]
    [InlineData(" {\"weeks\":1,\"days\":1}", "8d")]
    [InlineData("{\"seconds\":90}", "1m30s")]
    public void An_interval_may_be_written_in_parts(string text, string canonical) =>
        Assert.Equal(canonical, Recurrence.Parse(new RecurrenceText(RecurrenceForm.Every, text)).ToString());

    [Theory]
    [InlineData("{}", 0, "empty")]
    [InlineData("{\"hours\":0}", 0, "empty")]
    [InlineData("{\"hours\":-1}", 2, "out of range")]
    [InlineData("{\"hours\":1.5}", 2, "out of range")]
    [InlineData("{\"hours\":\"1\"}", 2, "out of range")]
    [InlineData("{\"months\":1}", 2, "no part")]
    [InlineData("{\"hours\":1", 10, "not JSON")]
    [InlineData("{\"hours\":1,\"hours\":2}", 0, "not JSON")]
    [InlineData("{", 1, "not JSON")]
    public void Wrong_parts_are_refused(string text, int position, string words)
    {
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Every, text), out _, out var error));

        Assert.Contains(words, error.Problem, StringComparison.Ordinal);
        Assert.InRange(error.Position, Math.Min(position, 0), text.Length);
    }

    [Fact]
    public void A_start_is_no_instant()
    {
        var recurrence = Cron("@Reboot");

        Assert.Null(recurrence.Next(Start, Zone.Utc));
        Assert.Null(recurrence.Previous(Start, Zone.Utc));
        Assert.Contains("each time the scheduler starts", recurrence.Explain(), StringComparison.Ordinal);
        Assert.Single(recurrence.Warnings);
    }

    private static Recurrence Cron(string expression) => Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression));
}
