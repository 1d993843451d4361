using System.Text.Json;
using Carillon.Language;
using Carillon.Server.Cli;
using Carillon.Server.Verbs;

namespace Carillon.Tests.Server;

public sealed class NextVerbTests
{
    [Theory]
    [InlineData("0 9 * * *", RecurrenceForm.Cron)]
    [InlineData("  */5 9-17 * * MON-FRI", RecurrenceForm.Cron)]
    [InlineData("H(0-29) 9 * * *", RecurrenceForm.Cron)]
    [InlineData("0 H * * *", RecurrenceForm.Cron)]
    [InlineData("@daily", RecurrenceForm.Cron)]
    [InlineData("@every 5m", RecurrenceForm.Cron)]
    [InlineData("CRON_TZ=UTC 0 9 * * *", RecurrenceForm.Cron)]
    [InlineData("90s", RecurrenceForm.Every)]
    [InlineData("1h 30m", RecurrenceForm.Every)]
    [InlineData("every 90s", RecurrenceForm.Every)]
    [InlineData("5m after end", RecurrenceForm.Every)]
    [InlineData("PT5M", RecurrenceForm.Every)]
    [InlineData("{\"hours\":1}", RecurrenceForm.Every)]
    [InlineData("-5m", RecurrenceForm.Every)]
    [InlineData("every -5m", RecurrenceForm.Every)]
    [InlineData("P1M", RecurrenceForm.Every)]
    [InlineData("5 minutes", RecurrenceForm.Every)]
    [InlineData("1.5 hours", RecurrenceForm.Every)]
    [InlineData("1m30", RecurrenceForm.Every)]
    [InlineData("9", RecurrenceForm.Text)]
    [InlineData("9:00", RecurrenceForm.Text)]
    [InlineData("9am", RecurrenceForm.Text)]
    [InlineData("5 minutes past the hour", RecurrenceForm.Text)]
    [InlineData("2 days before the end of the month", RecurrenceForm.Text)]
    [InlineData("every 1.5 hours", RecurrenceForm.Text)]
    [InlineData("2027-02-30", RecurrenceForm.At)]
    [InlineData("2027-01-31T09:00", RecurrenceForm.At)]
    [InlineData("2027-01-31 09:00:00", RecurrenceForm.At)]
    [InlineData("every weekday at 9am", RecurrenceForm.Text)]
    [InlineData("every 15 minutes", RecurrenceForm.Text)]
    [InlineData("at 09:00 and 17:30 on mondays", RecurrenceForm.Text)]
    [InlineData("quarterly", RecurrenceForm.Text)]
    [InlineData("", RecurrenceForm.Text)]
    public void A_form_is_told_by_its_looks(string text, RecurrenceForm expected) => Assert.Equal(expected, RecurrenceGuess.FormOf(text));

    [Fact]
    public async Task It_explains_and_marks_the_days_on_which_the_clock_moves()
    {
        var (exitCode, output, error) = await RunAsync("next", "30 2 * * *", "--zone", "Europe/Berlin", "--from", "2027-03-27", "--count", "3");

        Assert.Equal((Exit.Ok, ""), (exitCode, error));
        Assert.StartsWith("at 02:30\nRead as cron by its looks, dialect unix, the default: 30 2 * * *\n", output, StringComparison.Ordinal);
        Assert.Contains("Sat 2027-03-27 02:30:00 +01:00", output, StringComparison.Ordinal);
        Assert.Matches(@"Sun 2027-03-28 03:00:00 \+02:00 +2027-03-28T01:00:00Z +clock goes forward by 1h at 02:00\n", output);
    }

    [Fact]
    public async Task It_answers_JSON_as_the_API_does()
    {
        var (_, output, _) = await RunAsync("next", "0 30 1 ? * SUN#4", "--dialect", "quartz", "--zone", "America/New_York", "--from", "2026-10-31T00:00:00Z", "--count", "2", "--json", "--repeat", "both");

        using var answer = JsonDocument.Parse(output);

        Assert.Equal("at 01:30 on the fourth Sunday of the month", answer.RootElement.GetProperty("explanation").GetString());
        Assert.Equal("quartz", answer.RootElement.GetProperty("dialect").GetString());
        Assert.Equal(["2026-11-22T01:30:00-05:00", "2026-12-27T01:30:00-05:00"], answer.RootElement.GetProperty("next").EnumerateArray().Select(next => next.GetProperty("local").GetString()));
    }

    [Theory]
    [InlineData("every 2 weeks on tuesday at 10:00", "counted from the week of 2027-03-08 00:00 UTC", "Tue 2027-03-09 10:00:00")]
    [InlineData("every 7 minutes", "counted from 2027-03-08 00:00:00 UTC", "Mon 2027-03-08 00:07:00")]
    public async Task What_counts_from_somewhere_says_from_where_the_instants_are_counted(string text, string words, string first)
    {
        var (_, output, _) = await RunAsync("next", text, "--from", "2027-03-08", "--count", "1");

        Assert.Contains(words, output, StringComparison.Ordinal);
        Assert.Contains(first, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_stand_apart_and_say_the_same_thing_once()
    {
        var (_, output, _) = await RunAsync("next", "at 09:00 and 17:30 on mondays and thursdays", "--from", "2027-03-08");
        var (_, zoned, _) = await RunAsync("next", "CRON_TZ=Europe/Berlin 0 9 * * *", "--from", "2027-03-08");

        Assert.Contains("\n  time          at 09:00 and 17:30\n  days          on Monday and Thursday\n", output, StringComparison.Ordinal);
        Assert.Contains("\n  zone          CRON_TZ=Europe/Berlin  by the clocks of Europe/Berlin\n  minute        0                      at minute 0\n", zoned, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"exclude":["2027-01-01"]}""")]
    [InlineData("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20270101\nEND:VEVENT\nEND:VCALENDAR\n")]
    public async Task A_calendar_of_a_file_moves_what_falls_on_no_business_day(string calendar)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, calendar);

        var (exitCode, output, error) = await RunAsync("next", "on the 1st at 09:00", "--from", "2026-12-31", "--count", "2", "--calendar", file, "--business-day", "next");
        File.Delete(file);

        Assert.Equal((Exit.Ok, ""), (exitCode, error));
        Assert.Contains("Mon 2027-01-04 09:00:00", output, StringComparison.Ordinal);
        Assert.Contains("Mon 2027-02-01 09:00:00", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_goes_to_the_error_output()
    {
        var (exitCode, _, error) = await RunAsync("next", "0 0 9 * * 1");

        Assert.Equal(Exit.Ok, exitCode);
        Assert.Contains("'at 09:00 on Monday' in the unix dialect", error, StringComparison.Ordinal);
        Assert.Contains("'at 09:00 on Sunday' in quartz", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("61 * * * *", "  61 * * * *\n  ^^\nThe minute 61 is out of range")]
    [InlineData("0 25 * * *", "  0 25 * * *\n    ^^\n")]
    [InlineData("0 9 * * * --batch", "the expression ('0 9 * * *') would not be answered")]
    [InlineData("--batch --zone UTC", "--zone is for a single expression; with --batch each line says its own")]
    [InlineData("0 9 * * * --count x", "--count (x) must be a whole number, such as 5.\n")]
    [InlineData("0 9 * * * --count 99999999999", "--count (99999999999) must be a whole number")]
    [InlineData("P1M", "  P1M\n    ^\n'M' is no unit")]
    [InlineData("-5m", "leave the minus out")]
    [InlineData("2027-02-30", "          ^^\nFebruary 2027 has no day 30")]
    [InlineData("0 9 * * * --count 0", "--count (0) must be from 1 to 1000")]
    [InlineData("0 9 * * * --zone Berlin", "did you mean 'Europe/Berlin'?")]
    [InlineData("TZ=Europe/Paris 0 9 * * * --zone Europe/Berlin", "(Europe/Berlin) differs from the zone that the expression itself names (Europe/Paris)")]
    [InlineData("0 9 * * * --from soon", "--from: 'soon' is no instant")]
    [InlineData("0 9 * * * --gap jump", "--gap: must be one of end, shift, skip")]
    [InlineData("0 9 * * * --form croon", "--form: must be one of cron, every, at, text; did you mean 'cron'?")]
    [InlineData("0 9 * * * --calendar nowhere.json", "--calendar (@nowhere.json) cannot be read")]
    [InlineData("0 9 * * * --business-day never", "--business-day: must be one of next, previous, nearest")]
    [InlineData("{\"\\ud800\":1}", "The interval is not JSON")]
    [InlineData("{\"hours\":1,\"hours\":2}", "'hours' is given twice")]
    [InlineData("0 9 * * * --dialect quarts", "'quarts' is not known")]
    public async Task A_mistake_ends_with_2_and_is_shown(string line, string expected)
    {
        var options = line.IndexOf(" --", StringComparison.Ordinal);
        string[] args = options < 0 ? line.StartsWith("--", StringComparison.Ordinal) ? line.Split(' ') : [line] : [line[..options], .. line[(options + 1)..].Split(' ')];

        var (exitCode, output, error) = await RunAsync(["next", .. args]);

        Assert.Equal((Exit.BadInput, ""), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"a","expr":"30 2 * * *","dialect":"cronos","zone":"America/New_York","from":"2026-03-07T12:00:00Z","count":2}""", """{"id":"a","next":["2026-03-08T03:00:00-04:00","2026-03-09T02:30:00-04:00"]}""")]
    [InlineData("""{"id":7,"expr":"0 0 31 2 *"}""", """{"id":7,"next":null}""")]
    [InlineData("""{"id":"b","expr":"@hourly","from":"2026-01-01T00:00:00Z","inclusive":true}""", """{"id":"b","next":["2026-01-01T00:00:00+00:00"]}""")]
    [InlineData("""{"id":"c","expr":"0 0 12 1 1 ? 2027","dialect":"quartz","from":"2026-01-01T00:00:00Z","count":3}""", """{"id":"c","next":["2027-01-01T12:00:00+00:00"]}""")]
    [InlineData("""{"id":"d","expr":"61 * * * *"}""", """{"id":"d","error":{"position":0,"message":"The minute 61 is out of range (at character 1); expected 0 to 59."}}""")]
    [InlineData("""{"expr":"@daily","zone":"Nowhere"}""", """{"id":null,"error":{"position":0,"message":"The zone 'Nowhere'""")]
    [InlineData("""{"id":"e","expr":"@daily","cout":3}""", """{"id":"e","error":{"position":0,"message":"The member 'cout'""")]
    [InlineData("""{"id":"f","expr":"@daily","count":0}""", """{"id":"f","error":{"position":0,"message":"'count' (0)""")]
    [InlineData("""{"id":"g","expr":"@daily","from":"soon"}""", """{"id":"g","error":{"position":0,"message":"'from' (soon)""")]
    [InlineData("""{"id":"h"}""", """{"id":"h","error":{"position":0,"message":"The text is empty""")]
    [InlineData("""{"id":"i","expr":"90s","from":"2026-01-01T00:00:00Z"}""", """{"id":"i","next":["2026-01-01T00:01:30+00:00"]}""")]
    [InlineData("""{"id":"j","expr":"0 9 * * \ud800"}""", """{"id":"j","error":{"position":0,"message":"The member 'expr' holds half of a surrogate pair""")]
    [InlineData("""{"id":"\udc00","expr":"@daily"}""", """{"id":null,"error":{"position":0,"message":"The member 'id' holds half of a surrogate pair""")]
    [InlineData("""{"id":"k","\ud800":"@daily"}""", """{"id":null,"error":{"position":0,"message":"The line is no JSON object""")]
    [InlineData("""{"id":"l","id":"m","expr":"@daily"}""", """{"id":null,"error":{"position":0,"message":"The line is no JSON object, or names a member twice""")]
    [InlineData("[]", """{"id":null,"error":{"position":0,"message":"The line is no JSON object""")]
    [InlineData("{broken", """{"id":null,"error":{"position":1,"message":"The line is no JSON object""")]
    public void A_line_is_answered_by_a_line(string question, string expected)
    {
        using var answers = new StringWriter();

        var exitCode = NextBatch.Run(new StringReader($"\n{question}\n{question}\n"), answers, TimeProvider.System);

        var lines = answers.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((Exit.Ok, 2), (exitCode, lines.Length));
        Assert.All(lines, line => Assert.StartsWith(expected, line, StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(args, output, error, CancellationToken.None);
        return (exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
