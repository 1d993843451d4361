using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>
/// The JSON schema of types that go through the host's JSON options, as far as it can be told without them: the members of plain records and
/// classes. Where converters or attributes have a say, anything goes.
/// </summary>
internal static class SchemaReader
{
    private const string Anything = "{}";

    // Types may hold themselves.
    private const int MaxDepth = 3;

    public static string Of(ITypeSymbol type, int depth) => depth < MaxDepth && IsPlain(type) ? OfMembers((INamedTypeSymbol)type, depth + 1) : Anything;

    public static string OfEnum(INamedTypeSymbol type)
    {
        if (type.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "FlagsAttribute"))
        {
            return """{"type":"string"}""";
        }

        var names = type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.IsConst).Select(static field => Quote(JsonName.Of(field.Name)));
        return $$"""{"enum":[{{string.Join(",", names)}}]}""";
    }

    /// <summary>A text as JSON.</summary>
    public static string Quote(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => json.Append('\\').Append(letter),
                < ' ' => json.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture)),
                _ => json.Append(letter),
            };
        }

        return json.Append('"').ToString();
    }

    private static string OfMembers(INamedTypeSymbol type, int depth)
    {
        var members = Properties(type).Select(property => $"{Quote(JsonName.Of(property.Name))}:{OfMember(property.Type, depth)}");
        var required = Properties(type).Where(static property => property.IsRequired).Select(static property => Quote(JsonName.Of(property.Name))).ToList();
        return $$"""{"type":"object","properties":{{{string.Join(",", members)}}}{{(required.Count == 0 ? "" : $",\"required\":[{string.Join(",", required)}]")}}}""";
    }

    // How the host writes enumerations inside its own types is its own affair.
    private static string OfMember(ITypeSymbol type, int depth)
    {
        if (type.TypeKind == TypeKind.Enum)
        {
            return """{"type":["string","integer"]}""";
        }

        return ShapeReader.TryRead(type, out var shape, out _, depth) ? shape.FullSchema : Anything;
    }

    private static IEnumerable<IPropertySymbol> Properties(INamedTypeSymbol type)
    {
        for (var ancestor = type; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
        {
            foreach (var property in ancestor.GetMembers().OfType<IPropertySymbol>())
            {
                if (property is { DeclaredAccessibility: Accessibility.Public, IsStatic: false, IsIndexer: false, IsOverride: false, GetMethod: not null })
                {
                    yield return property;
                }
            }
        }
    }

    private static bool IsPlain(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, SpecialType: SpecialType.None, IsAbstract: false, IsGenericType: false, IsTupleType: false }
        && !Names.Of(type).StartsWith("System.", StringComparison.Ordinal)
        && !type.AllInterfaces.Any(static face => face.SpecialType == SpecialType.System_Collections_IEnumerable)
        && !HasJsonAttribute(type) && !type.GetMembers().Any(HasJsonAttribute);

    private static bool HasJsonAttribute(ISymbol symbol) => symbol.GetAttributes()
        .Any(static attribute => attribute.AttributeClass?.ContainingNamespace?.ToDisplayString() == "System.Text.Json.Serialization");
}
