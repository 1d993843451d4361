using System.Text.Json;
using Carillon.Outputs;
using Carillon.Store;

namespace Carillon.Tests.Outputs;

public sealed class OutputRecordTests
{
    [Fact]
    public void Json_has_all_members_in_one_line() => Assert.Equal(
        """{"at":"2026-03-01T12:00:01.25Z","job":"0195aaaa-0000-7000-8000-000000000001","handler":"letters.send","schedule":"nightly","scheduledAt":"2026-03-01T12:00:00Z","attempt":2,"outcome":"succeeded","durationMs":250,"result":{"n":1},"error":null}""",
        OutputRecord.Format(Ends.Of(null, new Outcome.Succeeded("{\n  \"n\": 1\n}")), OutputFormat.Json));

    [Fact]
    public void Text_has_the_same_in_one_line() => Assert.Equal(
        "2026-03-01T12:00:01.250Z succeeded letters.send schedule=nightly job=0195aaaa-0000-7000-8000-000000000001 scheduledAt=2026-03-01T12:00:00.000Z attempt=2 durationMs=250 result={\"n\":1}",
        OutputRecord.Format(Ends.Of(null, new Outcome.Succeeded("{\n  \"n\": 1\n}")), OutputFormat.Text));

    [Theory]
    [MemberData(nameof(Outcomes))]
    internal void Each_outcome_has_its_name_and_words(Outcome outcome, string name, string? error)
    {
        var record = JsonDocument.Parse(OutputRecord.Format(Ends.Of(null, outcome, schedule: null), OutputFormat.Json)).RootElement;

        Assert.Equal((name, error), (record.GetProperty("outcome").GetString(), record.GetProperty("error").GetString()));
        Assert.Equal(JsonValueKind.Null, record.GetProperty("schedule").ValueKind);
    }

    public static TheoryData<Outcome, string, string?> Outcomes() => new()
    {
        { new Outcome.Succeeded(), "succeeded", null },
        { new Outcome.Retry(Ends.At, "broke"), "retry", "broke" },
        { new Outcome.Snoozed(Ends.At), "snoozed", null },
        { new Outcome.Dead("attempts", "broke again"), "dead", "broke again" },
        { new Outcome.Cancelled("user"), "cancelled", "user" },
    };

    [Theory]
    [InlineData(OutputFormat.Json)]
    [InlineData(OutputFormat.Text)]
    internal void Nothing_that_a_job_says_can_forge_a_line_or_command_a_terminal(OutputFormat format)
    {
        var forged = "a\r\n2026 forged \u001b[2J \u202Etxt\u2028end\0";

        var line = OutputRecord.Format(Ends.Of(null, new Outcome.Dead("error", forged), handler: forged, schedule: forged), format);

        Assert.DoesNotContain(line, letter => char.IsControl(letter) || letter is '\u202E' or '\u2028');
        Assert.Contains("\\u001b[2J", line, StringComparison.OrdinalIgnoreCase);
    }
}
