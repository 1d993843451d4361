namespace Carillon.Generators.Model;

/// <summary>Which reader and writer a value takes; the names are those of the methods of ArgumentReader and ArgumentWriter.</summary>
internal enum ValueKind
{
    Text, Boolean, Character, Number, Uuid, DateTime, DateTimeOffset, DateOnly, TimeOnly, TimeSpan, Uri, Bytes, Choice, List, Value,
}

/// <summary>How a value stands in JSON.</summary>
/// <param name="Kind">Its reader and writer.</param>
/// <param name="Type">The type, fully qualified, without the mark of a nullable.</param>
/// <param name="IsNullable">A null is a value.</param>
/// <param name="IsStruct">Its nullable is another type.</param>
/// <param name="Schema">Its JSON schema, without the null.</param>
internal sealed record ValueShape(ValueKind Kind, string Type, bool IsNullable, bool IsStruct, string Schema)
{
    /// <summary>The elements of a list.</summary>
    public ValueShape? Element { get; init; }

    /// <summary>A list that is an array.</summary>
    public bool IsArray { get; init; }

    /// <summary>The type as a parameter of this shape says it.</summary>
    public string FullType => IsNullable ? Type + "?" : Type;

    /// <summary>The host's JSON options are needed to write it.</summary>
    public bool NeedsHost => Kind == ValueKind.Value || Element is { NeedsHost: true };

    /// <summary>Its schema, with the null where that is a value.</summary>
    public string FullSchema => !IsNullable || Schema == "{}" ? Schema : $$"""{"anyOf":[{{Schema}},{"type":"null"}]}""";
}
