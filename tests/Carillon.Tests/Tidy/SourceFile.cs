using System.Text.RegularExpressions;

namespace Carillon.Tests.Tidy;

/// <summary>A type or a member as it stands in a file.</summary>
/// <param name="Header">Its text up to its body.</param>
/// <param name="Lines">How many lines of code it has; strings and comments are none.</param>
/// <param name="Depth">0 for a type of the file, 1 for its members and so on.</param>
internal sealed record Piece(string Header, int Lines, int Depth)
{
    public bool IsType => SourceFile.TypeWord().IsMatch(Header);

    public string Name => SourceFile.NameOf(Header);
}

/// <summary>A C# file of the repository, taken apart by its braces and semicolons.</summary>
internal sealed partial class SourceFile
{
    private SourceFile(string path, string text)
    {
        (Path, Text, Masked) = (path, text, MaskedSource.Of(text));
        Pieces = [.. Read(Masked, 0)];
    }

    public string Path { get; }

    public string Text { get; }

    public string Masked { get; }

    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>Lines, but for those inside a string.</summary>
    public int Length => Text.TrimEnd().Split('\n').Zip(Masked.Split('\n')).Count(pair => pair.First.Trim().Length == 0 || pair.Second.Trim().Length > 0 || pair.First.TrimStart().StartsWith("//", StringComparison.Ordinal));

    public static IReadOnlyList<SourceFile> All(params string[] folders)
    {
        var root = Rest.Repository.Path("");
        return
        [
            .. folders.Select(folder => System.IO.Path.Combine(root, folder)).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
                .Select(path => (Full: path, Relative: System.IO.Path.GetRelativePath(root, path).Replace('\\', '/')))
                .Where(file => !file.Relative.Contains("/obj/", StringComparison.Ordinal) && !file.Relative.Contains("/bin/", StringComparison.Ordinal))
                .OrderBy(file => file.Relative, StringComparer.Ordinal)
                .Select(file => new SourceFile(file.Relative, File.ReadAllText(file.Full))),
        ];
    }

    public static string NameOf(string header)
    {
        var type = TypeWord().Match(header);
        return type.Success ? type.Groups["name"].Value : MemberName().Match(header) is { Success: true } member ? member.Groups["name"].Value : header.Trim();
    }

    [GeneratedRegex(@"(^|\s)(class|interface|enum|record\s+struct|struct|record)\s+(?<name>\w+)")]
    internal static partial Regex TypeWord();

    [GeneratedRegex(@"(?<name>\w+)\s*(<[^()]*>)?\s*(\(|=|\{|$)")]
    private static partial Regex MemberName();

    // Depth first, types before their members. A member ends with the brace that closes its body, or with a semicolon.
    private static IEnumerable<Piece> Read(string code, int depth)
    {
        var start = 0;
        for (var at = 0; at < code.Length; at++)
        {
            if (code[at] == ';')
            {
                yield return NewPiece(code[start..(at + 1)], code[start..at], depth);
                start = at + 1;
            }
            else if (code[at] is '(' or '[')
            {
                at = Closing(code, at);
            }
            else if (code[at] == '{')
            {
                var (header, end) = (code[start..at], Closing(code, at));
                var body = code[(at + 1)..end];
                var isType = TypeWord().IsMatch(header) && !header.Contains("=>", StringComparison.Ordinal);
                if (!isType && ContinuesAfter(code, end))
                {
                    at = end;
                    continue;
                }

                yield return NewPiece(code[start..(end + 1)], header, depth);
                foreach (var inner in isType ? Read(body, depth + 1) : [])
                {
                    yield return inner;
                }

                (start, at) = (end + 1, end);
            }
        }
    }

    // An initialiser of a property, or the rest of an expression: `{ get; } = …;`, `new { … }.ToList();`.
    private static bool ContinuesAfter(string code, int end) => code[(end + 1)..].TrimStart() is { Length: > 0 } rest && rest[0] is '=' or ';' or '.' or ')' or ',' or '?';

    private static Piece NewPiece(string whole, string header, int depth) =>
        new(header.Trim(), whole.Split('\n').Count(line => line.Trim().Length > 0), depth);

    private static int Closing(string code, int open)
    {
        var depth = 0;
        for (var at = open; at < code.Length; at++)
        {
            depth += code[at] switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return at;
            }
        }

        return code.Length - 1;
    }
}
