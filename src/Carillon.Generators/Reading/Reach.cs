using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Says what keeps generated code, in the same assembly, from calling a handler.</summary>
internal static class Reach
{
    /// <summary>Null where nothing does.</summary>
    public static string? FaultOf(IMethodSymbol method, INamedTypeSymbol type) => method switch
    {
        { MethodKind: not MethodKind.Ordinary } => "it is not a method of a class; a local function cannot be called from outside",
        { IsGenericMethod: true } => "it is generic; write it for one type",
        { IsAbstract: true } => "it is abstract; put [Handles] on the method that does the work",
        { ReturnsByRef: true } or { ReturnsByRefReadonly: true } => "it returns a reference; return the value",
        _ when !IsReachable(method) => "it is not public or internal",
        _ => FaultOf(type) ?? (method.IsStatic ? null : FaultOfInstance(type)),
    };

    private static string? FaultOf(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            var fault = outer switch
            {
                { IsGenericType: true } => "is generic; write the handler for one type",
                { IsFileLocal: true } => "is local to its file; make it internal",
                _ when !IsReachable(outer) => "is not public or internal",
                _ => null,
            };
            if (fault is not null)
            {
                return $"its type {Names.Shown(outer)} {fault}";
            }
        }

        return null;
    }

    private static string? FaultOfInstance(INamedTypeSymbol type) => type switch
    {
        { TypeKind: not TypeKind.Class } => $"its type {Names.Shown(type)} is not a class, so no service can be made of it; make the method static",
        { IsAbstract: true } => $"its class {Names.Shown(type)} is abstract, so no instance can be made; put [Handles] on a class that derives from it",
        _ => null,
    };

    private static bool IsReachable(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;
}
