using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Carillon.Generators.Reading;

/// <summary>One attribute as written: its values and their places.</summary>
internal sealed class AttributeReader(AttributeData attribute)
{
    private readonly AttributeSyntax? _syntax = attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;

    /// <summary>The attribute itself.</summary>
    public Place? Place => Place.Of(_syntax);

    /// <summary>Its one constructor argument; null where it is missing or null.</summary>
    public string? First => attribute.ConstructorArguments is [{ Value: string text }] ? text : null;

    /// <summary>Where that stands, or the attribute.</summary>
    public Place? FirstPlace => Place.Of((SyntaxNode?)FirstSyntax ?? _syntax);

    private ExpressionSyntax? FirstSyntax => _syntax?.ArgumentList?.Arguments.FirstOrDefault(static argument => argument.NameEquals is null)?.Expression;

    /// <summary>The part of the first argument that an error is about, where it is one plain literal; else all of it.</summary>
    public Place? PlaceInFirst(int position, int length)
    {
        var place = FirstPlace;
        return place is not null && FirstSyntax is LiteralExpressionSyntax { Token: { RawKind: (int)SyntaxKind.StringLiteralToken } token }
            && token.ValueText.Length > 0 && token.Text.Length == token.ValueText.Length + 2 && position + length <= token.ValueText.Length
            ? place.Part(1 + position, Math.Max(1, length))
            : place;
    }

    /// <summary>A named argument's value.</summary>
    public T? Get<T>(string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value is { Kind: not TypedConstantKind.Array, Value: T value })
            {
                return value;
            }
        }

        return default;
    }

    /// <summary>A named argument's types; those that do not compile are left to the compiler.</summary>
    public IEnumerable<ITypeSymbol> Types(string name) => attribute.NamedArguments
        .Where(argument => argument.Key == name && argument.Value is { Kind: TypedConstantKind.Array, IsNull: false })
        .SelectMany(static argument => argument.Value.Values)
        .Select(static value => value.Value)
        .OfType<ITypeSymbol>();

    /// <summary>Where a named argument stands, or the attribute.</summary>
    public Place? PlaceOf(string name) => Place.Of(
        (SyntaxNode?)_syntax?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression ?? _syntax);

    /// <summary>The attributes of this name on a symbol.</summary>
    public static IEnumerable<AttributeReader> On(ISymbol symbol, string name) => symbol.GetAttributes()
        .Where(attribute => attribute.AttributeClass is { } type && Names.Of(type) == name)
        .Select(static attribute => new AttributeReader(attribute));
}
