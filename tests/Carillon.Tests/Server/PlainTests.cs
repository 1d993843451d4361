using Carillon.Language;
using Carillon.Server.Cli;

namespace Carillon.Tests.Server;

public sealed class PlainTests
{
    [Theory]
    [InlineData("Grüße 🔔", "Grüße 🔔")]
    [InlineData("a\nb", @"a\nb")]
    [InlineData("a\r\nINFO forged", @"a\r\nINFO forged")]
    [InlineData("\u001b[31mred", @"\u001b[31mred")]
    [InlineData("abc\u202etxt.exe", @"abc\u202etxt.exe")]
    [InlineData("\u2028", @"\u2028")]
    [InlineData("\0", @"\u0000")]
    public void Text_from_elsewhere_cannot_move_the_cursor_or_begin_a_line(string text, string expected) => Assert.Equal(expected, Plain.Text(text));

    [Fact]
    public void Json_keeps_its_lines_and_loses_what_turns_the_direction() => Assert.Equal("{\n  \"a\": \"x\\u202ey\"\n}", Plain.Json("{\n  \"a\": \"x\u202ey\"\n}"));

    [Theory]
    [InlineData("shedule", "schedule")]
    [InlineData("run_at", "runAt")]
    [InlineData("lst", "list")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void A_slip_finds_the_word_that_was_meant(string given, string? expected) => Assert.Equal(expected, Spelling.Nearest(given, ["schedule", "runAt", "list", "heartbeat"]));

    [Fact]
    public void A_table_aligns_its_columns_and_a_terminal_cuts_its_lines()
    {
        var (wide, narrow) = (new StringWriter(), new StringWriter());
        var table = new Table("NAME", "STATE");
        table.Add("a", "running\nforged");
        table.Add("longer name", null);

        table.Write(new Terminal(wide, TextWriter.Null), "none");
        table.Write(new Terminal(narrow, TextWriter.Null, 10), "none");

        Assert.Equal($"NAME         STATE{Environment.NewLine}a            running\\nforged{Environment.NewLine}longer name{Environment.NewLine}", wide.ToString());
        Assert.All(narrow.ToString().Split(Environment.NewLine), line => Assert.True(line.Length <= 10));
    }
}
