extern alias Generators;

using System.Reflection;
using System.Text.RegularExpressions;
using Generators::Carillon.Generators;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Tests;

/// <summary>What the documentation shows compiles, and what it says is refused is refused.</summary>
public sealed partial class DocsTests
{
    // What the snippets of one page refer to beside each other.
    private const string Prelude = """
        using Carillon.Hosting;
        using Carillon.Jobs;
        using Microsoft.Extensions.Logging;
        using System.Text.Json.Serialization;
        using System.Text.Json.Serialization.Metadata;

        public sealed record Letter(string Text);

        public interface IPost
        {
            Task<int> UnlockAsync(Guid? campus, int max, CancellationToken cancellationToken);
            Task CloseAsync(DateTimeOffset at, CancellationToken cancellationToken);
        }

        // Written by the generator of System.Text.Json, which does not run here.
        internal sealed partial class LetterContracts
        {
            public LetterContracts() : base(null) { }
            public static LetterContracts Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override JsonTypeInfo? GetTypeInfo(Type type) => null;
        }


        """;

    public static TheoryData<string> Codes() => [.. Rules().Select(static rule => rule.Id)];

    [Fact]
    public void The_first_host_has_twelve_lines_or_thereabouts_and_compiles()
    {
        var host = Blocks("handlers.md")[0];

        var snippet = Snippet.Compile(host, OutputKind.ConsoleApplication, Implicit + "global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.DependencyInjection;");

        Assert.Empty(snippet.Problems);
        Assert.Empty(snippet.CompilerProblems);
        Assert.InRange(host.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 10, 13);
    }

    [Fact]
    public void The_other_snippets_compile_together()
    {
        var snippet = Snippet.Compile(Together(Blocks("handlers.md").Skip(1)), OutputKind.DynamicallyLinkedLibrary, Implicit + "global using Microsoft.Extensions.DependencyInjection;");

        Assert.Empty(snippet.Problems);
        Assert.Empty(snippet.CompilerProblems);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Each_rule_has_a_page_with_what_is_refused_and_what_is_accepted(string code)
    {
        var rule = Rules().Single(rule => rule.Id == code);
        var blocks = Blocks($"diagnostics/{code}.md");

        Assert.StartsWith($"# {code}: {rule.Title}\n", Read($"diagnostics/{code}.md"), StringComparison.Ordinal);
        Assert.EndsWith($"docs/diagnostics/{code}.md", rule.HelpLinkUri, StringComparison.Ordinal);
        Assert.Equal(2, blocks.Count);
        Assert.All(Snippet.Compile(blocks[0]).Problems, problem => Assert.Equal(code, problem.Id));
        Assert.NotEmpty(Snippet.Compile(blocks[0]).Problems);
        _ = Snippet.Compile(blocks[1]).Load();
    }

    private const string Implicit = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;\n";

    private static IEnumerable<DiagnosticDescriptor> Rules() =>
        typeof(HandlerGenerator).Assembly.GetType("Carillon.Generators.Rules", throwOnError: true)!
            .GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => field.GetValue(null)).OfType<DiagnosticDescriptor>();

    // Each block says what it uses; in one file that stands once, above all else.
    private static string Together(IEnumerable<string> blocks)
    {
        var lines = (Prelude + string.Join("\n\n", blocks)).Split('\n').ToLookup(static line => UsingLine().IsMatch(line));
        return string.Join('\n', lines[true].Distinct().Concat(lines[false]));
    }

    private static List<string> Blocks(string page) => [.. Block().Matches(Read(page)).Select(static match => match.Groups[1].Value)];

    private static string Read(string page) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", page));

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex UsingLine();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
