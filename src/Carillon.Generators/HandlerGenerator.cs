using System.Collections.Immutable;
using System.Text;
using Carillon.Generators.Emitting;
using Carillon.Generators.Model;
using Carillon.Generators.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Carillon.Generators;

/// <summary>Registers the handlers marked with [Handles], writes their readers and typed calls, and says what is wrong with them.</summary>
[Generator]
public sealed class HandlerGenerator : IIncrementalGenerator
{
    // C# 14, by its number: the compiler that the generator is built against does not know it yet.
    private const int ExtensionMembers = 1400;

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var readings = context.SyntaxProvider.ForAttributeWithMetadataName(Names.Handles, IsCandidate, HandlerReader.Read).WithTrackingName("Readings");
        var handlers = readings.Select(static (reading, _) => reading.Handler).Where(static handler => handler is not null).Select(static (handler, _) => handler!).WithTrackingName("Handlers");

        Report(context, readings.SelectMany(static (reading, _) => reading.Problems));
        Report(context, readings.Collect().SelectMany(static (all, _) => Duplicates.Of(all)));
        Report(context, Orphans(context, Names.Cron));
        Report(context, Orphans(context, Names.Every));

        context.RegisterSourceOutput(handlers, static (output, handler) => Write(output, $"Carillon.{handler.Target.CodeName}.g.cs", HandlerCode.Of(handler)));
        WriteCalls(context, handlers);
        WriteRegistration(context, readings, handlers);
    }

    private static bool IsCandidate(SyntaxNode node, CancellationToken cancellationToken) =>
        node is MethodDeclarationSyntax or TypeDeclarationSyntax or LocalFunctionStatementSyntax;

    private static IncrementalValuesProvider<Problem> Orphans(IncrementalGeneratorInitializationContext context, string attribute) =>
        context.SyntaxProvider.ForAttributeWithMetadataName(attribute, IsCandidate, static (found, _) => OrphanReader.Read(found)).SelectMany(static (problems, _) => problems);

    private static void Report(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<Problem> problems) =>
        context.RegisterSourceOutput(problems, static (output, problem) => output.ReportDiagnostic(problem.ToDiagnostic()));

    private static void WriteCalls(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<HandlerModel> handlers)
    {
        var hasExtensionMembers = context.ParseOptionsProvider.Select(static (options, _) => options is CSharpParseOptions csharp && (int)csharp.LanguageVersion >= ExtensionMembers);
        var calls = handlers.Collect().SelectMany(static (all, _) => Group(all)).WithTrackingName("Calls");
        context.RegisterSourceOutput(calls.Combine(hasExtensionMembers), static (output, pair) => Write(output, pair.Left.FileName, pair.Left.Text(pair.Right)));
    }

    private static IEnumerable<CallsCode> Group(ImmutableArray<HandlerModel> handlers) =>
        from handler in handlers
        group handler by handler.Call.Receiver into type
        select new CallsCode(new EquatableArray<HandlerModel>(type.GroupBy(CallsCode.Signature).Select(static same => same.First())));

    // Also where no handler is free of faults: the call of AddHandlers should not become one more error.
    private static void WriteRegistration(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<HandlerReading> readings, IncrementalValuesProvider<HandlerModel> handlers)
    {
        var isNeeded = readings.Collect().Select(static (all, _) => !all.IsEmpty);
        var assembly = context.CompilationProvider.Select(static (compilation, _) => CodeNames.OfAssembly(compilation.AssemblyName));
        var names = handlers.Select(static (handler, _) => handler.Target.CodeName).Collect()
            .Select(static (all, _) => new EquatableArray<string>(all.OrderBy(static name => name, StringComparer.Ordinal))).WithTrackingName("Registration");
        context.RegisterSourceOutput(names.Combine(assembly).Combine(isNeeded), static (output, all) =>
        {
            if (all.Right)
            {
                Write(output, "Carillon.AddHandlers.g.cs", RegistrationCode.Of(all.Left.Right, all.Left.Left));
            }
        });
    }

    private static void Write(SourceProductionContext output, string file, string text) => output.AddSource(file, SourceText.From(text, Encoding.UTF8));
}
