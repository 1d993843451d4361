using System.Reflection;
using System.Text.RegularExpressions;
using Carillon.Store;

namespace Carillon.Tests.Tidy;

/// <summary>The rules of the house that a machine can see. Each failure says what to mend.</summary>
public sealed partial class TidyTests
{
    private const int MaxFile = 300;
    private const int MaxMember = 50;
    private const int MaxParameters = 5;
    private const int MaxCompanion = 30;

    // May only fall: a store that somebody writes must implement each of them.
    private const int StoreMethods = 32;

    private static readonly IReadOnlyList<SourceFile> Product = SourceFile.All("src");
    private static readonly IReadOnlyList<SourceFile> Everything = SourceFile.All("src", "tests", "benchmarks");

    [Fact]
    public void No_file_is_longer_than_300_lines() =>
        Ratchet.Check("file length", Everything.Where(file => file.Length > MaxFile).Select(file => file.Path));

    [Fact]
    public void No_member_is_longer_than_50_lines() =>
        Ratchet.Check("member length", from file in Everything
                                       from piece in file.Pieces
                                       where !piece.IsType && !piece.IsTable && piece.Lines > MaxMember
                                       select $"{file.Path} {piece.Name}");

    [Fact]
    public void No_constructor_takes_more_than_five_parameters() =>
        Ratchet.Check("constructor parameters", from file in Product
                                                from piece in file.Pieces
                                                where CountParameters(file, piece) > MaxParameters
                                                select $"{file.Path} {piece.Name}");

    [Fact]
    public void A_file_holds_one_type_and_at_most_small_companions() =>
        Ratchet.Check("one type a file", from file in Product
                                         from piece in file.Pieces.Where(piece => piece.IsType && piece.Depth == 0)
                                         where piece.Lines > MaxCompanion && piece.Name != NameOf(file)
                                         select $"{file.Path} {piece.Name}");

    [Fact]
    public void A_type_stands_in_a_file_of_its_name() =>
        Ratchet.Check("file name", from file in Product
                                   let types = file.Pieces.Where(piece => piece.IsType && piece.Depth == 0).Select(piece => piece.Name).ToList()
                                   where types.Count > 0 && !types.Contains(NameOf(file)) && !Regex.IsMatch(file.Masked, $@"\bdelegate\b.*\b{NameOf(file)}\b")
                                   select file.Path);

    [Fact]
    public void Rooms_know_only_what_lies_below_them() =>
        Ratchet.Check("room", from file in Product
                              let room = Rooms.Of(file.Path)
                              from used in UsedRooms(file)
                              where room is not null && used != room && !Rooms.MayUse(room, used)
                              select $"{file.Path} uses {used}");

    [Fact]
    public void The_seam_does_not_grow() =>
        Assert.Equal(StoreMethods, typeof(IStore).GetInterfaces().Append(typeof(IStore)).Where(facet => facet.Namespace == "Carillon.Store")
            .Sum(facet => facet.GetMethods().Count(method => method.IsAbstract && !method.IsSpecialName)));

    [Fact]
    public void Each_schema_step_goes_up_and_down_and_is_embedded()
    {
        var root = Rest.Repository.Path("src");
        var files = Directory.EnumerateFiles(root, "*.sql", SearchOption.AllDirectories).Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(files);
        Assert.All(files, path => Assert.Equal("Schema", Path.GetFileName(Path.GetDirectoryName(path))));
        Assert.All(files.Where(path => char.IsDigit(Path.GetFileName(path)[0])), path =>
        {
            var other = path.EndsWith(".up.sql", StringComparison.Ordinal) ? path.Replace(".up.sql", ".down.sql", StringComparison.Ordinal) : path.Replace(".down.sql", ".up.sql", StringComparison.Ordinal);
            var project = Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetDirectoryName(path))!, "*.csproj").Single();
            Assert.True(other != path && File.Exists(other), $"{path} has no counterpart");
            Assert.Matches(@"EmbeddedResource Include=""Schema[/\\]\*\.sql""", File.ReadAllText(project));
        });
    }

    [Fact]
    public void No_warning_is_switched_off_without_a_reason_on_its_line() =>
        Ratchet.Check("suppression", Everything.SelectMany(file => file.Text.Split('\n').Zip(file.Masked.Split('\n'))
                .Where(line => IsBareSuppression(line.First, line.Second)).Select(line => $"{file.Path} {line.First.Trim().Replace('|', '/')}"))
            .Concat(BareNoWarns()));

    [Fact]
    public void Every_instrument_is_in_the_documentation()
    {
        var documented = File.ReadAllText(Rest.Repository.Path("docs/metrics.md"));
        var instruments = typeof(Carillon.Telemetry.Telemetry).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(field => field.GetValue(null)).OfType<System.Diagnostics.Metrics.Instrument>().Select(instrument => instrument.Name).ToList();

        Assert.NotEmpty(instruments);
        Assert.All(instruments, name => Assert.Contains($"`{name.Replace('.', '_')}", documented, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_exception_to_a_rule_has_its_reason() => Ratchet.CheckReasons();

    private static string NameOf(SourceFile file) => Path.GetFileName(file.Path).Split('.')[0];

    private static IEnumerable<string> UsedRooms(SourceFile file) =>
        RoomName().Matches(file.Masked).Select(match => match.Groups[1].Value).Where(Rooms.IsRoom).Distinct();

    // Records carry data: their members are named where they are given. Everything else gets its parts handed in.
    private static int CountParameters(SourceFile file, Piece piece)
    {
        var isClass = ClassHeader().Match(piece.Header);
        var isConstructor = piece.Depth > 0 && ConstructorHeader().Match(piece.Header) is { Success: true } constructor
            && file.Pieces.Any(type => type.IsType && type.Name == constructor.Groups[1].Value);
        if (!isClass.Success && !isConstructor)
        {
            return 0;
        }

        var open = piece.Header.IndexOf('(', StringComparison.Ordinal);
        return open < 0 ? 0 : CountArguments(piece.Header[(open + 1)..]);
    }

    private static int CountArguments(string text)
    {
        var (depth, count) = (0, text.TrimStart().StartsWith(')') ? 0 : 1);
        foreach (var letter in text)
        {
            depth += letter switch { '(' or '[' or '<' or '{' => 1, ')' or ']' or '>' or '}' => -1, _ => 0 };
            if (depth < 0)
            {
                break;
            }

            count += depth == 0 && letter == ',' ? 1 : 0;
        }

        return count;
    }

    private static bool IsBareSuppression(string line, string code) =>
        (PragmaLine().IsMatch(code) && !line.Contains("//", StringComparison.Ordinal))
        || (SuppressLine().IsMatch(code) && !JustifiedLine().IsMatch(line));

    private static IEnumerable<string> BareNoWarns()
    {
        var root = Rest.Repository.Path("");
        return from path in Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(root, "*.props"))
               where !path.Contains("/artifacts/", StringComparison.Ordinal)
               let lines = File.ReadAllLines(path)
               from line in lines.Index()
               where line.Item.Contains("<NoWarn>", StringComparison.Ordinal) && !line.Item.Contains("<!--", StringComparison.Ordinal)
                   && !lines[Math.Max(0, line.Index - 1)].Contains("-->", StringComparison.Ordinal)
               select $"{Path.GetRelativePath(root, path).Replace('\\', '/')} {line.Item.Trim()}";
    }

    [GeneratedRegex(@"\bCarillon\.([A-Z]\w+)")]
    private static partial Regex RoomName();

    [GeneratedRegex(@"(^|\s)class\s+\w+\s*(<[^()]*>)?\s*\(")]
    private static partial Regex ClassHeader();

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected)\s+)+(\w+)\s*\(")]
    private static partial Regex ConstructorHeader();

    [GeneratedRegex(@"^\s*#pragma warning disable")]
    private static partial Regex PragmaLine();

    [GeneratedRegex(@"^\s*\[\s*(assembly:\s*)?(Unconditional)?SuppressMessage\(")]
    private static partial Regex SuppressLine();

    [GeneratedRegex(@"Justification\s*=\s*""[^""]{8,}")]
    private static partial Regex JustifiedLine();
}
