using System.Globalization;
using Carillon.Language;
using NodaTime.TimeZones;

namespace Carillon.Generators.Tests;

/// <summary>What builds is what runs: the checks at compile time say the same as those at run time.</summary>
public sealed class SameAsRunTimeTests
{
    [Theory]
    [InlineData("0 9 * * *")]
    [InlineData("*/5 0 9 * * MON-FRI")]
    [InlineData("0 0 L-3 * *")]
    [InlineData("0 0 * * FRI#2")]
    [InlineData("@daily")]
    [InlineData("@every 1h30m")]
    [InlineData("@every_minute")]
    [InlineData("0 9 * *")]
    [InlineData("0 9 * * * * 2027")]
    [InlineData("60 * * * *")]
    [InlineData("* * * * MOON")]
    [InlineData("*/0 * * * *")]
    [InlineData("0 0 31W * L")]
    [InlineData("H H(1-5) * * *")]
    [InlineData("H(5-1) * * * *")]
    [InlineData("CRON_TZ=Europe/Berlin 0 9 * * *")]
    [InlineData("CRON_TZ=UTC 0 25 * * *")]
    [InlineData("@every 5ms")]
    [InlineData("@every")]
    [InlineData("")]
    [InlineData(" ")]
    public void A_cron_expression(string text) => Compare(RecurrenceForm.Cron, text, "Cron", "CAR0010");

    [Theory]
    [InlineData("@reboot", "no instant of a calendar")]
    [InlineData("CRON_TZ=Europe/Berlim 0 9 * * *", "'Europe/Berlim' is not in the IANA list")]
    [InlineData("CRON_TZ=UTC @every 5m", "A zone stands before")]
    public void What_makes_no_schedule_does_not_build(string text, string words)
    {
        var problem = Assert.Single(Snippet.Compile($$"""class J { [Handles("a"), Cron("{{text}}")] public void A() { } }""").Problems);

        Assert.Equal("CAR0010", problem.Id);
        Assert.Contains(words, problem.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cron_expression_that_is_too_long()
    {
        var list = string.Join(',', Enumerable.Range(0, 60));
        Compare(RecurrenceForm.Cron, $"{list} {list} * * *", "Cron", "CAR0010");
    }

    [Theory]
    [InlineData("5m")]
    [InlineData("every 5m")]
    [InlineData("5m after end")]
    [InlineData("PT5M")]
    [InlineData("99ms")]
    [InlineData("-5m")]
    [InlineData("5")]
    [InlineData("5m after lunch")]
    [InlineData("1y")]
    [InlineData("")]
    public void An_interval(string text) => Compare(RecurrenceForm.Every, text, "Every", "CAR0011");

    [Fact]
    public void The_list_of_zones_is_that_of_the_run_time()
    {
        var windows = TzdbDateTimeZoneSource.Default.WindowsMapping.PrimaryMapping.Keys;
        string[] expected = [.. Zones.Ids.Concat(windows).Distinct().Order(StringComparer.Ordinal)];

        using var stream = typeof(HandlerTests).Assembly.GetManifestResourceStream("zones.txt")!;
        using var reader = new StreamReader(stream);

        Assert.Equal(expected, reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("ID")]
    [InlineData("IPAddress")]
    [InlineData("URL")]
    [InlineData("aBC")]
    [InlineData("A1B")]
    [InlineData("X")]
    [InlineData("Äpfel")]
    [InlineData("_Under")]
    public void A_members_name(string parameter)
    {
        var handler = Snippet.Compile($$"""public static class J { [Handles("a")] public static void A(int {{parameter}}) { } }""").Host().Handler;

        using var schema = System.Text.Json.JsonDocument.Parse(handler.ArgsSchema!);

        Assert.Equal(
            System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(parameter),
            Assert.Single(schema.RootElement.GetProperty("properties").EnumerateObject()).Name);
    }

    private static void Compare(RecurrenceForm form, string text, string attribute, string id)
    {
        var problems = Snippet.Compile($$"""class J { [Handles("a"), {{attribute}}("{{text}}")] public void A() { } }""").Problems;

        if (Recurrence.TryParse(new RecurrenceText(form, text), out _, out var error))
        {
            Assert.Empty(problems);
            return;
        }

        var problem = Assert.Single(problems);
        Assert.Equal(id, problem.Id);
        Assert.EndsWith(error.Message, problem.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
