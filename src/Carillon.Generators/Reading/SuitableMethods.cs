using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>The methods that may be what a handler class does.</summary>
internal static class SuitableMethods
{
    public static bool IsName(string name) => name is "RunAsync" or "Run" or "HandleAsync";

    /// <summary>Its own and the inherited ones.</summary>
    public static IEnumerable<IMethodSymbol> Of(INamedTypeSymbol type)
    {
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (var method in ancestor.GetMembers().OfType<IMethodSymbol>())
            {
                if (IsName(method.Name) && method is { DeclaredAccessibility: Accessibility.Public, MethodKind: MethodKind.Ordinary, IsOverride: false })
                {
                    yield return method;
                }
            }
        }
    }
}
