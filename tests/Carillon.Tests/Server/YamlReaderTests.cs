using System.Text;
using Carillon.Server.Configuration.Yaml;

namespace Carillon.Tests.Server;

public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("1e3", "1000")]
    [InlineData("true", "true")]
    [InlineData("no", "\"no\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("0x10", "\"0x10\"")]
    [InlineData("1h30m", "\"1h30m\"")]
    [InlineData(".inf", "\".inf\"")]
    [InlineData("2030-01-31", "\"2030-01-31\"")]
    [InlineData("0 */5 * * * *", "\"0 */5 * * * *\"")]
    [InlineData("'1'", "\"1\"")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("[1, a]", "[1,\"a\"]")]
    public void Values_follow_the_core_schema(string yaml, string json)
    {
        var tree = YamlReader.Read($"a: {yaml}")!;

        Assert.Equal($"{{\"a\":{json}}}", YamlJson.Of(tree, "").Root!.ToJsonString(Relaxed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    public void A_text_without_content_is_no_document(string yaml) => Assert.Null(YamlReader.Read(yaml));

    [Fact]
    public void Members_know_where_they_stand()
    {
        var json = YamlJson.Of(YamlReader.Read("a:\n  - b: 1\n    c: 2\n")!, "");

        Assert.Equal(new Place(3, 5), json.PlaceOf("a[0].c"));
        Assert.Equal(new Place(2, 5), json.PlaceOf("a[0].missing"));
    }

    [Fact]
    public void A_member_given_twice_is_a_fault_with_its_place()
    {
        var json = YamlJson.Of(YamlReader.Read("a: 1\nb: 2\na: 3\n")!, "");

        var (at, fault) = Assert.Single(json.Faults);
        Assert.Equal(new Place(3, 1), at);
        Assert.Equal("a: is given twice; keep one of them", fault.ToString());
    }

    [Fact]
    public void Aliases_and_merged_mappings_are_understood()
    {
        var tree = YamlReader.Read("base: &base {x: 1, y: 2}\nlist: [*base, {<<: *base, y: 3}]\n")!;

        Assert.Equal("""[{"x":1,"y":2},{"y":3,"x":1}]""", YamlJson.Of(tree, "").Root!["list"]!.ToJsonString());
    }

    [Theory]
    [InlineData("a: [1, 2", "is not YAML")]
    [InlineData("cron: */5 * * * *", "quotes")]
    [InlineData("a: *nowhere", "nothing before it is marked &nowhere")]
    [InlineData("a: &a [*a]", "nothing before it is marked &a")]
    [InlineData("a: !!python/object x", "tag")]
    [InlineData("a:\n\tb: 1", "tab")]
    [InlineData("a: 1\n---\nb: 2", "second document")]
    [InlineData("<<: 1", "takes a mapping")]
    public void What_is_not_understood_says_why(string yaml, string expected)
    {
        var error = Assert.Throws<YamlFaultException>(() => YamlReader.Read(yaml));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.True(error.At.Line >= 1);
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_before_it_goes_off()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 30; level++)
        {
            bomb.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        var error = Assert.Throws<YamlFaultException>(() => YamlReader.Read(bomb.ToString()));

        Assert.Contains("nodes with its aliases written out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_a_crash()
    {
        var error = Assert.Throws<YamlFaultException>(() => YamlReader.Read(new string('[', 100_000)));

        Assert.Contains("levels deep", error.Message, StringComparison.Ordinal);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
