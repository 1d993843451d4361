using System.Globalization;
using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Carillon.Generators.Reading;

/// <summary>The names of what is generated.</summary>
internal static class CodeNames
{
    /// <summary>The class that runs a handler: told apart by the whole signature, and the same in each build.</summary>
    public static string OfHandler(INamedTypeSymbol type, IMethodSymbol method)
    {
        var whole = $"{Names.Code(type)}.{method.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithParameterOptions(SymbolDisplayParameterOptions.IncludeType))}";
        return $"{Identifier(Names.Of(type))}_{method.Name}_{Hash(method.ToDisplayString() + whole)}";
    }

    /// <summary>The typed call: <c>LetterJobs.UnlockDueJob</c> for a method, <c>UnlockDue.Job</c> for a class.</summary>
    public static CallModel OfCall(INamedTypeSymbol type, IMethodSymbol method, bool isWholeClass)
    {
        var bare = method.Name.Length > "Async".Length && method.Name.EndsWith("Async", StringComparison.Ordinal)
            ? method.Name.Substring(0, method.Name.Length - "Async".Length) : method.Name;
        var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        var isPublicType = IsPublic(type);
        return new CallModel(
            space, Names.Code(type), string.Concat(Outwards(type).Reverse()) + "Calls", isWholeClass ? "Job" : bare + "Job",
            isPublicType, isPublicType && method.DeclaredAccessibility == Accessibility.Public && method.Parameters.All(static parameter => IsPublic(parameter.Type)));
    }

    /// <summary>The assembly's name as part of an identifier: <c>Pen-Pal.Web</c> is <c>PenPalWeb</c>.</summary>
    public static string OfAssembly(string? assembly)
    {
        var words = (assembly ?? "").Split([.. (assembly ?? "").Where(static letter => !SyntaxFacts.IsIdentifierPartCharacter(letter))], StringSplitOptions.RemoveEmptyEntries);
        var name = string.Concat(words.Select(static word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
        return name.Length > 0 ? name : "Assembly";
    }

    private static IEnumerable<string> Outwards(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            yield return outer.Name;
        }
    }

    private static bool IsPublic(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsPublic(array.ElementType),
        ITypeParameterSymbol => true,
        INamedTypeSymbol named => named.DeclaredAccessibility == Accessibility.Public
            && (named.ContainingType is null || IsPublic(named.ContainingType)) && named.TypeArguments.All(IsPublic),
        _ => false,
    };

    private static string Identifier(string name) => new([.. name.Select(static letter => SyntaxFacts.IsIdentifierPartCharacter(letter) ? letter : '_')]);

    // FNV-1a: string.GetHashCode differs from build to build.
    private static string Hash(string text) =>
        text.Aggregate(2166136261u, static (hash, letter) => unchecked((hash ^ letter) * 16777619u)).ToString("x8", CultureInfo.InvariantCulture);
}
