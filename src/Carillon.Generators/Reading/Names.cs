using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>The types that are known by name.</summary>
internal static class Names
{
    public const string Handles = "Carillon.Jobs.HandlesAttribute";
    public const string Cron = "Carillon.Jobs.CronAttribute";
    public const string Every = "Carillon.Jobs.EveryAttribute";
    public const string Context = "Carillon.Jobs.JobContext";
    public const string Outcome = "Carillon.Store.Outcome";
    public const string Logger = "Microsoft.Extensions.Logging.ILogger";
    public const string Token = "System.Threading.CancellationToken";

    /// <summary>The name of a type or its generic definition, without arguments: <c>System.Collections.Generic.List</c>.</summary>
    public static string Of(ITypeSymbol type) => type.ToDisplayString(Plain);

    /// <summary>The type as generated code says it.</summary>
    public static string Code(ITypeSymbol type) => type.ToDisplayString(Full);

    /// <summary>The type as a person says it.</summary>
    public static string Shown(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    private static readonly SymbolDisplayFormat Plain = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted, SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    private static readonly SymbolDisplayFormat Full =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);
}
