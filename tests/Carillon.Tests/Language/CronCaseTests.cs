using System.Text.Json;
using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class CronCaseTests
{
    public static TheoryData<string, string, string, string, bool, string?[]> Cases()
    {
        var cases = new TheoryData<string, string, string, string, bool, string?[]>();
        foreach (var row in LanguageCases.Read("cron.jsonl"))
        {
            if (DialectOf(row) is not { } dialect) continue;
            var next = row.GetProperty("next");
            string?[] expected = next.ValueKind == JsonValueKind.Null ? [null] : [.. next.EnumerateArray().Select(item => item.GetString())];
            cases.Add($"{row.GetProperty("id").GetString()} {dialect}", row.GetProperty("expr").GetString()!, row.GetProperty("zone").GetString()!,
                row.GetProperty("from").GetString()!, row.GetProperty("inclusive").GetBoolean(), expected);
        }

        return cases;
    }

    public static TheoryData<string, string> WrongCases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var row in LanguageCases.Read("cron_invalid.jsonl"))
        {
            // A row that cronos itself takes says what another library refuses.
            if (row.TryGetProperty("accepted_by", out var takers) && takers.EnumerateArray().Any(taker => taker.GetString() == "cronos")) continue;
            string[] dialects = row.GetProperty("dialect").GetString() == "quartz" ? ["quartz"] : ["cronos", "unix"];
            foreach (var dialect in dialects) cases.Add($"{row.GetProperty("id").GetString()} {dialect}", row.GetProperty("expr").GetString()!);
        }

        return cases;
    }

    // Other semantics are one library's way; so is what robfig's does at a change of clocks.
    private static string? DialectOf(JsonElement row) => row.GetProperty("semantics").GetString() switch
    {
        "cronos" => "cronos",
        "quartz" => "quartz",
        "vixie" => row.TryGetProperty("note", out var note) && note.GetString()!.Contains("DST", StringComparison.Ordinal) ? null : "unix",
        _ => null,
    };

    [Fact]
    public void Nearly_all_rows_bind()
    {
        Assert.Equal((462, 457), (LanguageCases.Read("cron.jsonl").Count(), Cases().Count));
        Assert.Equal((140, 139), (LanguageCases.Read("cron_invalid.jsonl").Count(), WrongCases().Count - LanguageCases.Read("cron_invalid.jsonl").Count(row => row.GetProperty("dialect").GetString() != "quartz") + 1));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Known_expressions_fire_when_their_own_libraries_fire_them(string id, string expression, string zoneId, string from, bool inclusive, string?[] next)
    {
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, id.Split(' ')[1]));
        Assert.True(Zones.TryFind(zoneId, out var zone, out _));
        var after = LanguageCases.Instant(from).AddTicks(inclusive ? -1 : 0);

        foreach (var expected in next)
        {
            var found = recurrence.Next(after, zone);

            Assert.Equal(expected is null ? null : LanguageCases.Instant(expected), found);
            after = found ?? after;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_canonical_text_gives_an_equal_expression(string id, string expression, string zoneId, string from, bool inclusive, string?[] next)
    {
        _ = (zoneId, from, inclusive, next);
        var dialect = id.Split(' ')[1];
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect));

        var again = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, recurrence.ToString(), dialect));

        Assert.Equal(recurrence, again);
        Assert.Equal(recurrence.GetHashCode(), again.GetHashCode());
        Assert.Equal(recurrence.ToString(), again.ToString());
        Assert.NotEmpty(recurrence.Explain());
    }

    [Theory]
    [MemberData(nameof(WrongCases))]
    public void Wrong_expressions_are_refused_and_shown_where(string id, string expression)
    {
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Cron, expression, id.Split(' ')[1]), out var recurrence, out var error));

        Assert.Null(recurrence);
        Assert.InRange(error.Position, 0, expression.Length);
        Assert.InRange(error.Length, 0, expression.Length - error.Position);
        Assert.NotEmpty(error.Expected);
    }
}
