using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Finds schedules on code that is no handler.</summary>
internal static class OrphanReader
{
    public static EquatableArray<Problem> Read(GeneratorAttributeSyntaxContext found)
    {
        var symbol = found.TargetSymbol;
        if (IsHandler(symbol) || (symbol is IMethodSymbol method && SuitableMethods.IsName(method.Name) && IsHandler(method.ContainingType)))
        {
            return new([]);
        }

        return new(found.Attributes.Select(attribute => Problem.Of(
            Rules.NoHandler, new AttributeReader(attribute).Place, attribute.AttributeClass!.Name.Replace("Attribute", ""), symbol.Name)));
    }

    private static bool IsHandler(ISymbol symbol) => AttributeReader.On(symbol, Names.Handles).Any();
}
