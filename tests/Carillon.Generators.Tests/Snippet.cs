extern alias Generators;

using System.Collections.Immutable;
using System.Reflection;
using Carillon.Hosting;
using Generators::Carillon.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Generators.Tests;

/// <summary>A user's source file, compiled with the generator against the real library.</summary>
internal sealed class Snippet
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks; global using Carillon.Hosting; global using Carillon.Jobs;
        global using Carillon.Store; global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Logging;
        """;

    private static readonly ImmutableArray<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => !Path.GetFileName(path).StartsWith("Carillon.Generators", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path))];

    private readonly Compilation _output;

    private Snippet(Compilation output, ImmutableArray<Diagnostic> problems) => (_output, Problems) = (output, problems);

    /// <summary>What the generator says.</summary>
    public ImmutableArray<Diagnostic> Problems { get; }

    /// <summary>What the compiler says of the source and of what was generated for it, warnings included; only the source may lack comments.</summary>
    public IEnumerable<Diagnostic> CompilerProblems => _output.GetDiagnostics().Where(static problem =>
        problem.Severity >= DiagnosticSeverity.Warning && (problem.Id != "CS1591" || problem.Location.SourceTree?.FilePath != "Snippet.cs"));

    /// <summary>All generated code.</summary>
    public string Generated => string.Join("\n", _output.SyntaxTrees.Skip(2).Select(static tree => tree.ToString()));

    public static Snippet Compile(string source, LanguageVersion version = LanguageVersion.Latest) => Run(Begin(source, version));

    /// <summary>A whole program, or a file with usings of its own.</summary>
    public static Snippet Compile(string source, OutputKind kind, string usings) => Run(Begin(source, LanguageVersion.Latest, kind, usings));

    /// <summary>The compilation and a driver that has not run yet.</summary>
    public static (CSharpCompilation Compilation, GeneratorDriver Driver) Begin(
        string source, LanguageVersion version = LanguageVersion.Latest, OutputKind kind = OutputKind.DynamicallyLinkedLibrary, string usings = Usings)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(version).WithDocumentationMode(DocumentationMode.Diagnose);
        var compilation = CSharpCompilation.Create(
            "Snippet", [CSharpSyntaxTree.ParseText(usings, options, "Usings.cs"), CSharpSyntaxTree.ParseText(source, options, "Snippet.cs")], References,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
        var driver = CSharpGeneratorDriver.Create(
            [new HandlerGenerator().AsSourceGenerator()], parseOptions: options, driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return (compilation, driver);
    }

    private static Snippet Run((CSharpCompilation Compilation, GeneratorDriver Driver) begun)
    {
        _ = begun.Driver.RunGeneratorsAndUpdateCompilation(begun.Compilation, out var output, out var problems);
        return new Snippet(output, problems);
    }

    /// <summary>The compiled assembly; fails on any error or warning.</summary>
    public Assembly Load()
    {
        Assert.Empty(Problems);
        Assert.Empty(CompilerProblems);
        using var image = new MemoryStream();
        var emitted = _output.Emit(image);
        Assert.True(emitted.Success);
        return Assembly.Load(image.ToArray());
    }

    /// <summary>A host with the snippet's handlers.</summary>
    public SnippetHost Host(Action<CarillonBuilder, Assembly>? build = null)
    {
        var assembly = Load();
        var builder = new CarillonBuilder("", new ServiceCollection());
        build?.Invoke(builder, assembly);
        _ = assembly.GetType("Microsoft.Extensions.DependencyInjection.SnippetCarillonExtensions", throwOnError: true)!
            .GetMethod("AddSnippetHandlers")!.Invoke(null, [builder]);
        return new SnippetHost(assembly, builder);
    }
}
