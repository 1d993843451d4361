using System.Text.Json;
using Carillon.Outputs;

namespace Carillon.Tests.Outputs;

public sealed class OutputSpecTests
{
    private const string Stdio = """[{"type":"stdio","format":"json"}]""";

    [Theory]
    [InlineData("""[{"type":"stdio","format":"json"}]""", Stdio)]
    [InlineData("""[{"type":"stdio"}]""", Stdio)]
    [InlineData("""["stdio"]""", Stdio)]
    [InlineData("""{"destinations":["stdio"],"format":"json"}""", Stdio)]
    [InlineData("""{"destinations":["stdio"]}""", Stdio)]
    [InlineData("""{"destinations":["stdio",{"type":"file","path":"a.log"}],"format":"text"}""",
        """[{"type":"stdio","format":"text"},{"type":"file","path":"a.log","format":"text","maxBytes":10485760,"keep":5}]""")]
    [InlineData("""[{"type":"file","path":"logs/x.log","format":"text","maxBytes":4096,"keep":0}]""",
        """[{"type":"file","path":"logs/x.log","format":"text","maxBytes":4096,"keep":0}]""")]
    [InlineData("[]", "[]")]
    [InlineData("null", "[]")]
    [InlineData("", "[]")]
    [InlineData(null, "[]")]
    public void Each_form_is_read_and_written_back_in_one(string? output, string canonical)
    {
        Assert.True(OutputSpec.TryParse(output, out var specs, out var faults));
        Assert.Empty(faults);
        Assert.Equal(canonical, OutputSpec.Write(specs));
        Assert.True(OutputSpec.TryParse(canonical, out var again, out _));
        Assert.Equal(specs, again);
    }

    [Fact]
    public void An_element_of_another_document_is_read_too()
    {
        using var document = JsonDocument.Parse($$"""{"output":{{Stdio}}}""");

        Assert.True(OutputSpec.TryParse(document.RootElement.GetProperty("output"), out var specs, out _));
        Assert.Equal(new OutputSpec(OutputType.Stdio, OutputFormat.Json), Assert.Single(specs));
    }

    [Theory]
    [InlineData("""["webhook"]""", "output[0] (\"webhook\"): is unknown; known are stdio, file")]
    [InlineData("""[{"type":"webhook","url":"http://a"}]""", "output[0].url (\"http://a\"): is unknown; known are type, path, format, maxBytes, keep", "output[0].type (\"webhook\"): is unknown; known are stdio, file")]
    [InlineData("""["file"]""", "output[0] (\"file\"): needs a path; write {\"type\":\"file\",\"path\":\"logs/name.log\"}")]
    [InlineData("""[{"type":"file"}]""", "output[0].path: is required for a file, such as \"logs/name.log\"")]
    [InlineData("""[{"format":"json"}]""", "output[0].type: is required; known are stdio, file")]
    [InlineData("""[{"type":"stdio","path":"x"}]""", "output[0].path (x): belongs to the type \"file\" only; remove it")]
    [InlineData("""["stdio",{"type":"stdio","format":"xml"},5]""", "output[1].format (\"xml\"): is unknown; known are json, text", "output[2] (5): must be a name such as \"stdio\", or an object such as {\"type\":\"stdio\",\"format\":\"json\"}")]
    [InlineData("""[{"type":"file","path":"a","maxBytes":1,"keep":-1}]""", "output[0].maxBytes (1): must be a whole number from 4096 to 10737418240", "output[0].keep (-1): must be a whole number from 0 to 1000")]
    [InlineData("""[{"type":"stdio","type":"file"}]""", "output[0].type: stands twice", "output[0].path: is required for a file, such as \"logs/name.log\"")]
    [InlineData("""{"destination":["stdio"]}""", "output.destination ([\"stdio\"]): is unknown; known are destinations, format", "output.destinations: must be a list such as [\"stdio\"]")]
    [InlineData("\"stdio\"", "output (\"stdio\"): must be a list such as [{\"type\":\"stdio\",\"format\":\"json\"}], or {\"destinations\":[\"stdio\"],\"format\":\"json\"}")]
    [InlineData("[1,1,1,1,1,1,1,1,1,1,1]", "output (11 items): at most 10 are allowed")]
    [InlineData("""["\ud800"]""", "output: holds text that is not valid Unicode")]
    public void Every_fault_is_told_with_its_field(string output, params string[] expected)
    {
        Assert.False(OutputSpec.TryParse(output, out var specs, out var faults));

        Assert.Empty(specs);
        Assert.Equal(expected, faults.Select(fault => fault.ToString()));
    }

    [Fact]
    public void What_is_not_json_is_a_fault()
    {
        Assert.False(OutputSpec.TryParse("[", out _, out var faults));

        Assert.StartsWith("output: must be valid JSON", Assert.Single(faults).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../x.log"), InlineData("a/../../x.log"), InlineData("a\\\\..\\\\x.log"), InlineData(".."), InlineData("logs/"), InlineData(""), InlineData("a\\u0000b"), InlineData("a\\nb"), InlineData("a/. ./b*")]
    [InlineData("/etc/passwd"), InlineData("C:\\\\x.log"), InlineData("c:x.log"), InlineData("\\\\\\\\host\\\\share\\\\x"), InlineData("~/x.log")]
    public void A_path_that_leads_out_is_refused(string path)
    {
        Assert.False(OutputSpec.TryParse($$"""[{"type":"file","path":"{{path}}"}]""", out _, out var faults));

        Assert.Equal("output[0].path", Assert.Single(faults).Field);
    }

    [Fact]
    public void An_absolute_path_is_taken_where_the_host_allows_it()
    {
        Assert.True(OutputSpec.TryParse("""[{"type":"file","path":"/var/log/x.log"}]""", out var specs, out _, allowAbsolutePaths: true));
        Assert.Equal("/var/log/x.log", Assert.Single(specs).Path);
        Assert.False(OutputSpec.TryParse("""[{"type":"file","path":"/var/log/../x.log"}]""", out _, out _, allowAbsolutePaths: true));
    }
}
