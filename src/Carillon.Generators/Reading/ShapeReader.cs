using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Decides how a type stands in JSON: by a reader of our own, or as the host's JSON options say.</summary>
internal static class ShapeReader
{
    /// <summary>Types with readers of their own, by name, with their schema.</summary>
    private static readonly Dictionary<string, (ValueKind Kind, string Schema)> Known = new(StringComparer.Ordinal)
    {
        ["System.String"] = (ValueKind.Text, """{"type":"string"}"""),
        ["System.Boolean"] = (ValueKind.Boolean, """{"type":"boolean"}"""),
        ["System.Char"] = (ValueKind.Character, """{"type":"string","minLength":1,"maxLength":1}"""),
        ["System.SByte"] = Whole("int8"),
        ["System.Byte"] = Whole("uint8"),
        ["System.Int16"] = Whole("int16"),
        ["System.UInt16"] = Whole("uint16"),
        ["System.Int32"] = Whole("int32"),
        ["System.UInt32"] = Whole("uint32"),
        ["System.Int64"] = Whole("int64"),
        ["System.UInt64"] = Whole("uint64"),
        ["System.Int128"] = (ValueKind.Number, """{"type":"integer"}"""),
        ["System.UInt128"] = (ValueKind.Number, """{"type":"integer","minimum":0}"""),
        ["System.Half"] = (ValueKind.Number, """{"type":"number"}"""),
        ["System.Single"] = (ValueKind.Number, """{"type":"number","format":"float"}"""),
        ["System.Double"] = (ValueKind.Number, """{"type":"number","format":"double"}"""),
        ["System.Decimal"] = (ValueKind.Number, """{"type":"number"}"""),
        ["System.Guid"] = (ValueKind.Uuid, Format("uuid")),
        ["System.DateTime"] = (ValueKind.DateTime, Described("a date and time such as 2027-01-31T09:00:00")),
        ["System.DateTimeOffset"] = (ValueKind.DateTimeOffset, Format("date-time")),
        ["System.DateOnly"] = (ValueKind.DateOnly, Format("date")),
        ["System.TimeOnly"] = (ValueKind.TimeOnly, Described("a time of day such as 09:30")),
        ["System.TimeSpan"] = (ValueKind.TimeSpan, Described("a duration such as 30s, 1h30m, PT5M or 00:05:00")),
        ["System.Uri"] = (ValueKind.Uri, Format("uri-reference")),
    };

    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal)
    {
        "System.Collections.Generic.List", "System.Collections.Generic.IList", "System.Collections.Generic.IReadOnlyList",
        "System.Collections.Generic.ICollection", "System.Collections.Generic.IReadOnlyCollection", "System.Collections.Generic.IEnumerable",
    };

    /// <summary>The shape; where there is none, why not.</summary>
    public static bool TryRead(ITypeSymbol type, out ValueShape shape, out string? fault, int depth = 0)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            var isRead = TryRead(nullable.TypeArguments[0], out shape, out fault, depth);
            shape = shape with { IsNullable = true };
            return isRead;
        }

        var isNullable = type is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.Annotated };
        var plain = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        var found = TryReadPlain(plain, out shape, out fault, depth);
        shape = shape with { Type = Names.Code(plain), IsNullable = isNullable, IsStruct = type.IsValueType };
        return found;
    }

    private static bool TryReadPlain(ITypeSymbol type, out ValueShape shape, out string? fault, int depth)
    {
        fault = null;
        shape = Of(ValueKind.Value, SchemaReader.Of(type, depth));
        if (type is INamedTypeSymbol { IsGenericType: false } && Known.TryGetValue(Names.Of(type), out var known))
        {
            shape = Of(known.Kind, known.Schema);
        }
        else if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } choice)
        {
            shape = Of(ValueKind.Choice, SchemaReader.OfEnum(choice));
        }
        else if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
        {
            shape = Of(ValueKind.Bytes, """{"type":"string","contentEncoding":"base64"}""");
        }
        else if (ElementOf(type) is { } element)
        {
            return TryReadList(type, element, out shape, out fault, depth);
        }
        else
        {
            fault = Unserialisable.Why(type);
        }

        return fault is null;
    }

    private static bool TryReadList(ITypeSymbol type, ITypeSymbol element, out ValueShape shape, out string? fault, int depth)
    {
        var isRead = TryRead(element, out var item, out fault, depth);
        shape = Of(ValueKind.List, $$"""{"type":"array","items":{{item.FullSchema}}}""") with { Element = item, IsArray = type is IArrayTypeSymbol };
        return isRead;
    }

    private static ITypeSymbol? ElementOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
        INamedTypeSymbol { IsGenericType: true, TypeArguments: [var item] } when Lists.Contains(Names.Of(type)) => item,
        _ => null,
    };

    private static ValueShape Of(ValueKind kind, string schema) => new(kind, "", false, false, schema);

    private static (ValueKind, string) Whole(string format) => (ValueKind.Number, $$"""{"type":"integer","format":"{{format}}"}""");

    private static string Format(string format) => $$"""{"type":"string","format":"{{format}}"}""";

    // Where the standard formats are narrower than what is read.
    private static string Described(string description) => $$"""{"type":"string","description":"{{description}}"}""";
}
