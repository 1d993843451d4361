using System.Globalization;
using System.Text;

namespace Carillon.Generators.Tests;

/// <summary>Each type of parameter: written by the typed call, read by the handler, written again as its result.</summary>
public sealed class RoundTripTests(RoundTripTests.Compiled compiled) : IClassFixture<RoundTripTests.Compiled>
{
    private static readonly (string Type, string Value, string Json)[] Rows =
    [
        ("string", "\"Grüße\\n\\\"\"", "\"Gr\\u00FC\\u00DFe\\n\\u0022\""),
        ("bool", "true", "true"),
        ("char", "'x'", "\"x\""),
        ("sbyte", "sbyte.MinValue", "-128"),
        ("byte", "byte.MaxValue", "255"),
        ("short", "short.MinValue", "-32768"),
        ("ushort", "ushort.MaxValue", "65535"),
        ("int", "int.MinValue", "-2147483648"),
        ("uint", "uint.MaxValue", "4294967295"),
        ("long", "long.MinValue", "-9223372036854775808"),
        ("ulong", "ulong.MaxValue", "18446744073709551615"),
        ("Int128", "Int128.MaxValue", "170141183460469231731687303715884105727"),
        ("Half", "(Half)0.5", "0.5"),
        ("float", "0.1f", "0.1"),
        ("double", "double.Epsilon", "5E-324"),
        ("double", "double.NaN", "\"NaN\""),
        ("double", "double.NegativeInfinity", "\"-Infinity\""),
        ("decimal", "79228162514264337593543950335m", "79228162514264337593543950335"),
        ("decimal", "1.10m", "1.10"),
        ("Guid", "new Guid(\"01890a5d-ac96-774b-bcce-b302099a8057\")", "\"01890a5d-ac96-774b-bcce-b302099a8057\""),
        ("DateTime", "new DateTime(2027, 1, 31, 9, 0, 0)", "\"2027-01-31T09:00:00\""),
        ("DateTime", "new DateTime(2027, 1, 31, 9, 0, 0, DateTimeKind.Utc)", "\"2027-01-31T09:00:00Z\""),
        ("DateTimeOffset", "new DateTimeOffset(2027, 1, 31, 9, 0, 0, 123, TimeSpan.FromHours(-3))", "\"2027-01-31T09:00:00.123-03:00\""),
        ("DateOnly", "new DateOnly(2027, 1, 31)", "\"2027-01-31\""),
        ("TimeOnly", "new TimeOnly(9, 30)", "\"09:30:00\""),
        ("TimeOnly", "new TimeOnly(9, 30, 1, 5)", "\"09:30:01.005\""),
        ("TimeSpan", "new TimeSpan(1, 2, 3, 4)", "\"1.02:03:04\""),
        ("Uri", "new Uri(\"https://example.org/a?b=c\")", "\"https://example.org/a?b=c\""),
        ("Uri", "new Uri(\"/relative\", UriKind.Relative)", "\"/relative\""),
        ("byte[]", "[1, 2, 255]", "\"AQL/\""),
        ("DayOfWeek", "DayOfWeek.Monday", "\"monday\""),
        ("DayOfWeek", "(DayOfWeek)9", "9"),
        ("FileAccess", "FileAccess.ReadWrite", "\"readWrite\""),
        ("FileAttributes", "FileAttributes.Hidden | FileAttributes.ReadOnly", "\"readOnly, hidden\""),
        ("int?", "5", "5"),
        ("int?", "null", "null"),
        ("Guid?", "null", "null"),
        ("DayOfWeek?", "null", "null"),
        ("DateTimeOffset?", "null", "null"),
        ("TimeSpan?", "null", "null"),
        ("string?", "null", "null"),
        ("Uri?", "null", "null"),
        ("byte[]?", "null", "null"),
        ("int[]", "[3, 1, 2]", "[3,1,2]"),
        ("int[]?", "null", "null"),
        ("int[][]", "[[1], [], [2, 3]]", "[[1],[],[2,3]]"),
        ("string?[]", "[\"a\", null]", "[\"a\",null]"),
        ("int?[]", "[1, null]", "[1,null]"),
        ("List<string>", "[\"a\", \"b\"]", "[\"a\",\"b\"]"),
        ("IReadOnlyList<Guid>", "[Guid.Empty]", "[\"00000000-0000-0000-0000-000000000000\"]"),
        ("IList<TimeSpan>", "[TimeSpan.FromSeconds(1)]", "[\"00:00:01\"]"),
        ("IEnumerable<DayOfWeek>", "[DayOfWeek.Friday]", "[\"friday\"]"),
        ("ICollection<DateOnly>", "[new DateOnly(2027, 1, 31)]", "[\"2027-01-31\"]"),
        ("IReadOnlyCollection<byte>", "[(byte)7]", "[7]"),
        ("Point[]", "[new Point(1, 2)]", "[{\"x\":1,\"y\":2}]"),
        ("Point?", "null", "null"),
        ("Size?", "new Size(3)", "{\"edge\":3}"),
        ("Size?", "null", "null"),
        ("Dictionary<string, int>", "new() { [\"a\"] = 1 }", "{\"a\":1}"),
        ("IReadOnlyDictionary<string, Point>", "new Dictionary<string, Point> { [\"p\"] = new(1, 2) }", "{\"p\":{\"x\":1,\"y\":2}}"),
        ("HashSet<int>", "[1]", "[1]"),
        ("System.Text.Json.JsonElement", "System.Text.Json.JsonDocument.Parse(\"[1]\").RootElement", "[1]"),
    ];

    public static TheoryData<int, string, string> Cases()
    {
        var cases = new TheoryData<int, string, string>();
        foreach (var (index, row) in Rows.Index())
        {
            cases.Add(index, $"{row.Type} = {row.Value}", row.Json);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_value_is_the_same_after_the_journey(int row, string shown, string json)
    {
        Assert.NotEmpty(shown);

        var args = compiled.Host.ArgsOf("Cases", $"Make{row}");
        var (_, result) = await compiled.Host.RunAsync($"case.{row}", args);

        Assert.Equal($$"""{"value":{{json}},"other":0}""", args);
        Assert.Equal(json == "null" ? null : json, result);
    }

    /// <summary>All cases in one compilation.</summary>
    public sealed class Compiled
    {
        internal SnippetHost Host { get; } = Snippet.Compile(Source()).Host();

        private static string Source()
        {
            var source = new StringBuilder("public sealed record Point(int X, int Y); public readonly record struct Size(int Edge); public static class Cases {\n");
            foreach (var (index, row) in Rows.Index())
            {
                source.Append(CultureInfo.InvariantCulture, $"[Handles(\"case.{index}\")] public static {row.Type} Take{index}({row.Type} value, int other) => value;\n");
                source.Append(CultureInfo.InvariantCulture, $"public static JobRequest Make{index}() => Cases.Take{index}Job({row.Value}, 0);\n");
            }

            return source.Append('}').ToString();
        }
    }
}
