using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Says of a type that goes through the host's JSON options why it cannot have a form in JSON; null where it may.</summary>
internal static class Unserialisable
{
    private static readonly HashSet<string> Interfaces = new(StringComparer.Ordinal)
    {
        "System.Collections.Generic.ISet", "System.Collections.Generic.IReadOnlySet",
        "System.Collections.Generic.IDictionary", "System.Collections.Generic.IReadOnlyDictionary",
    };

    private static readonly HashSet<string> LivingTypes = new(StringComparer.Ordinal)
    {
        "System.Exception", "System.Type", "System.Delegate", "System.IO.Stream", "System.Reflection.MemberInfo", "System.Reflection.Assembly",
        "System.Threading.Tasks.Task", "System.Threading.Tasks.ValueTask", "System.Threading.CancellationTokenSource", "System.Threading.Thread", "System.MarshalByRefObject",
    };

    private static readonly HashSet<string> Declarations = new(StringComparer.Ordinal)
    {
        "System.Text.Json.Serialization.JsonConverterAttribute", "System.Text.Json.Serialization.JsonDerivedTypeAttribute",
        "System.Text.Json.Serialization.JsonPolymorphicAttribute",
    };

    public static string? Why(ITypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Delegate => "a delegate is code, not data; pass the name of what is to be done",
        TypeKind.Pointer or TypeKind.FunctionPointer => "a pointer means nothing in another process",
        TypeKind.TypeParameter => "an open type parameter has no one form in JSON; write the handler for one type",
        TypeKind.Array => "an array of several dimensions has no form in JSON; use an array of arrays",
        TypeKind.Dynamic => "dynamic has no form of its own; use JsonElement",
        _ when type.IsRefLikeType => "a ref struct cannot be kept; use an array",
        _ when type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr => "a native integer differs from machine to machine; use long",
        _ when type.IsTupleType => "the names of a tuple are lost at run time; use a record",
        _ when HasDeclaration(type) => null,
        TypeKind.Interface => OfInterface(type),
        _ => OfClass(type) ?? OfArguments(type),
    };

    private static string? OfInterface(ITypeSymbol type)
    {
        if (Interfaces.Contains(Names.Of(type)))
        {
            return OfArguments(type);
        }

        return Names.Of(type) == Names.Logger
            ? "take the attempt's ILogger, without a type, or inject this one into the constructor"
            : "an interface has no one form in JSON; a service goes into the constructor, data into a record";
    }

    private static string? OfClass(ITypeSymbol type)
    {
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (LivingTypes.Contains(Names.Of(ancestor)))
            {
                return $"{Names.Shown(type)} lives in its process only; pass the data it stands for";
            }
        }

        return type.IsAbstract && !Names.Of(type).StartsWith("System.Text.Json.", StringComparison.Ordinal)
            ? "an abstract class has no one form in JSON; mark it with [JsonDerivedType], or use a record" : null;
    }

    private static string? OfArguments(ITypeSymbol type) =>
        type is INamedTypeSymbol named ? named.TypeArguments.Select(FaultOf).FirstOrDefault(static fault => fault is not null) : null;

    private static string? FaultOf(ITypeSymbol type) => ShapeReader.TryRead(type, out _, out var fault) ? null : fault;

    private static bool HasDeclaration(ITypeSymbol type) =>
        type.GetAttributes().Any(static attribute => attribute.AttributeClass is { } declared && Declarations.Contains(Names.Of(declared)));
}
