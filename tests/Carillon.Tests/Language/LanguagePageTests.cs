using Carillon.Language;

namespace Carillon.Tests.Language;

/// <summary>What docs/schedule-language.md shows is what happens.</summary>
public sealed class LanguagePageTests
{
    private static readonly string Page = File.ReadAllText(Rest.Repository.Path("docs/schedule-language.md"));

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (var line in Page.Split('\n').SkipWhile(line => !line.StartsWith("| Expression | Dialect |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))) rows.Add(line.Split('`')[1], line);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_row_is_true(string expression, string row)
    {
        var cells = row[(row.LastIndexOf('`') + 1)..].Split('|', StringSplitOptions.TrimEntries)[1..];
        var changes = new ClockChanges(Choice<ClockGap>(cells[1]), Choice<ClockRepeat>(cells[2]));
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, cells[0])).With(changes);
        Assert.True(Zones.TryFind(cells[3], out var zone, out _));
        var expected = cells[5].Split(", ");

        var found = recurrence.Between(LanguageCases.Instant(cells[4]), DateTimeOffset.MaxValue, zone).Take(expected.Length).ToList();

        Assert.Equal(expected.Select(LanguageCases.Instant), found);
    }

    [Fact]
    public void The_example_of_H_is_true() =>
        Assert.Contains($"`{Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, "H H * * *", null, "nightly"))}`", Page, StringComparison.Ordinal);

    [Fact]
    public void The_example_of_a_refusal_is_true()
    {
        Assert.False(Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Cron, "0 9 * * MONDAY"), out _, out var error));

        Assert.Contains($"\n  0 9 * * MONDAY\n  {new string(' ', error.Position)}{new string('^', error.Length)}\n{error.Message}\n", Page, StringComparison.Ordinal);
    }

    private static T? Choice<T>(string name) where T : struct, Enum => name.Length == 0 ? null : Enum.Parse<T>(name, ignoreCase: true);
}
