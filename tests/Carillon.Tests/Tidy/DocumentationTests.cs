using System.Text.RegularExpressions;

namespace Carillon.Tests.Tidy;

/// <summary>Pages are found, links lead somewhere, and what is shown compiles.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Docs = Rest.Repository.Path("docs");

    [Fact]
    public void The_index_links_every_page()
    {
        var index = File.ReadAllText(Path.Combine(Docs, "index.md"));
        var pages = Directory.EnumerateFiles(Docs, "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Docs, path).Replace('\\', '/')).Where(page => page != "index.md");

        Assert.All(pages, page => Assert.Contains($"({page})", index, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        var broken = from path in Directory.EnumerateFiles(Docs, "*.md", SearchOption.AllDirectories)
                     from link in Link().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value.Split('#')[0])
                     where link.Length > 0 && !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)
                     where !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, link))
                     select $"{Path.GetFileName(path)} → {link}";

        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("hosting.md", "tests/Carillon.Tests/Testing/Snippets")]
    [InlineData("locks.md", "tests/Carillon.Tests/Testing/Snippets")]
    [InlineData("testing.md", "tests/Carillon.Tests/Testing/Snippets")]
    [InlineData("transactions.md", "tests/Carillon.Store.Tests/Postgres/Snippets")]
    public void What_a_page_shows_in_CSharp_stands_in_a_file_that_is_compiled(string page, string files)
    {
        var compiled = SourceFile.All(files).Select(file => Bare(file.Text)).ToList();
        var shown = Block().Matches(File.ReadAllText(Path.Combine(Docs, page))).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(shown);
        Assert.All(shown, block => Assert.True(compiled.Exists(file => file.Contains(Bare(block), StringComparison.Ordinal)), $"{page} shows what no file of {files} holds:\n{block}"));
    }

    [Fact]
    public void Every_dependency_has_its_line()
    {
        var packages = Package().Matches(File.ReadAllText(Rest.Repository.Path("Directory.Packages.props"))).Select(match => match.Groups[1].Value).ToList();
        var page = File.ReadAllText(Path.Combine(Docs, "adr/0006-dependencies.md"));

        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.Matches($@"(\| |, ){Regex.Escape(package)}( \||,)", page));
    }

    // Usings stand elsewhere in a file, and indentation differs.
    private static string Bare(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !UsingLine().IsMatch(line)));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"PackageVersion Include=""([^""]+)""")]
    private static partial Regex Package();

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex UsingLine();
}
