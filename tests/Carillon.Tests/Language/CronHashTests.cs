using Carillon.Language;

namespace Carillon.Tests.Language;

/// <summary>H is spread by the schedule's name, in the same way for ever.</summary>
public sealed class CronHashTests
{
    [Theory]
    [InlineData("H H * * *", "nightly", "29 4 * * *")]
    [InlineData("H H H H H", "nightly", "29 4 12 7 1")]
    [InlineData("H/15 * * * *", "nightly", "14/15 * * * *")]
    [InlineData("H(0-29)/10 H(1-5) * * *", "nightly", "9-29/10 4 * * *")]
    [InlineData("H H * * *", "Nächtlich", "31 14 * * *")]
    [InlineData("H H H * * *", "", "11 20 17 * * *")]
    public void The_places_never_move(string expression, string name, string expected) => Assert.Equal(expected, Cron(expression, name).ToString());

    [Theory]
    [InlineData("unix", "H H H H H H")]
    [InlineData("cronos", "H H H * * H(1-5)")]
    [InlineData("quartz", "H H H H H ?")]
    [InlineData("quartz", "H H H ? H H(2-6) 2030")]
    public void Each_place_is_a_value_of_its_field(string dialect, string expression)
    {
        for (var i = 0; i < 200; i++)
        {
            var recurrence = Cron(expression, $"job {i}", dialect);

            Assert.NotNull(recurrence.Next(LanguageCases.Instant("2026-01-01T00:00Z"), Zone.Utc));
            Assert.Equal(recurrence, Cron(recurrence.ToString(), null, dialect));
        }
    }

    [Fact]
    public void Names_that_differ_little_are_spread_over_all_minutes()
    {
        var minutes = Enumerable.Range(0, 6_000).Select(i => Cron("H * * * *", $"job-{i}").ToString().Split(' ')[0]).GroupBy(minute => minute).Select(group => group.Count()).ToList();

        Assert.Equal(60, minutes.Count);
        Assert.All(minutes, count => Assert.InRange(count, 50, 160));
    }

    [Fact]
    public void The_least_and_the_greatest_value_of_a_range_both_occur()
    {
        var hours = Enumerable.Range(0, 100).Select(i => Cron("0 H(3-5) * * *", $"{i}").ToString().Split(' ')[1]).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(["3", "4", "5"], hours);
    }

    [Fact]
    public void A_step_begins_anywhere_in_its_first_round()
    {
        var recurrence = Cron("H/15 * * * *", "nightly");

        var minutes = recurrence.Between(LanguageCases.Instant("2026-01-01T00:00Z"), LanguageCases.Instant("2026-01-01T01:00Z"), Zone.Utc).Select(instant => instant.Minute).ToList();

        Assert.Equal(4, minutes.Count);
        Assert.All(minutes, minute => Assert.Equal(minutes[0], minute % 15));
    }

    [Fact]
    public void Without_a_name_there_is_a_warning()
    {
        Assert.Contains("no name", Assert.Single(Cron("H 9 * * *", null).Warnings), StringComparison.Ordinal);
        Assert.Empty(Cron("H 9 * * *", "nightly").Warnings);
    }

    private static Recurrence Cron(string expression, string? name, string? dialect = null) => Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect, name));
}
