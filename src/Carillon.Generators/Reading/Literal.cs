using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Carillon.Generators.Reading;

/// <summary>Values as C# writes them.</summary>
internal static class Literal
{
    public static string Of(string? text) => text is null ? "null" : SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>A parameter's default; null where it has none.</summary>
    public static string? OfDefault(IParameterSymbol parameter) =>
        parameter.HasExplicitDefaultValue ? Of(parameter.ExplicitDefaultValue, parameter.Type) : null;

    private static string Of(object? value, ITypeSymbol type)
    {
        var plain = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
        return value switch
        {
            null => type.IsReferenceType || !SymbolEqualityComparer.Default.Equals(plain, type) ? "null" : "default",
            _ when plain.TypeKind == TypeKind.Enum => $"({Names.Code(plain)})({Plain(value)})",
            _ => Plain(value),
        };
    }

    private static string Plain(object value) => value switch
    {
        string text => Of(text),
        char letter => SymbolDisplay.FormatLiteral(letter, quote: true),
        bool isTrue => isTrue ? "true" : "false",
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "D",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "F",
        decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
        uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "default",
    };

    /// <summary>A parameter's default as JSON; null where it has none that JSON can say.</summary>
    public static string? JsonOfDefault(IParameterSymbol parameter) => parameter switch
    {
        { HasExplicitDefaultValue: false } or { ExplicitDefaultValue: null } or { Type.TypeKind: TypeKind.Enum } => null,
        { ExplicitDefaultValue: string text } => SchemaReader.Quote(text),
        { ExplicitDefaultValue: char letter } => SchemaReader.Quote(letter.ToString()),
        { ExplicitDefaultValue: bool isTrue } => isTrue ? "true" : "false",
        { ExplicitDefaultValue: double and (double.NaN or double.PositiveInfinity or double.NegativeInfinity) or float and (float.NaN or float.PositiveInfinity or float.NegativeInfinity) } => null,
        { ExplicitDefaultValue: double number } => number.ToString("R", CultureInfo.InvariantCulture),
        { ExplicitDefaultValue: float number } => number.ToString("R", CultureInfo.InvariantCulture),
        { ExplicitDefaultValue: IFormattable number } => number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };
}
