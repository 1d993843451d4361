using Carillon.Generators.Model;

namespace Carillon.Generators.Emitting;

/// <summary>Code that reads and writes a value of a shape.</summary>
internal static class Values
{
    private const string Reader = "global::Carillon.Jobs.ArgumentReader";

    // Jobs does not know Language; generated code may know both.
    private const string ParseDuration = "static text => global::Carillon.Language.Durations.TryParse(text, out var duration, out _) ? duration : null";

    /// <summary>An expression for the value on which <c>reader</c> stands.</summary>
    public static string Read(ValueShape shape)
    {
        var value = shape.Kind switch
        {
            ValueKind.Number or ValueKind.Choice or ValueKind.Value => $"reader.{shape.Kind}<{shape.Type}>()",
            ValueKind.TimeSpan => $"reader.TimeSpan({ParseDuration})",
            ValueKind.List => $"reader.List<{shape.Element!.FullType}>(static (ref {Reader} reader) => {Read(shape.Element)}){(shape.IsArray ? ".ToArray()" : "")}",
            _ => $"reader.{shape.Kind}()",
        };
        return !shape.IsNullable ? value : $"reader.IsNull() ? {(shape.IsStruct ? $"default({shape.FullType})" : "null")} : {value}";
    }

    /// <summary>An expression that writes the value by the given writer.</summary>
    public static string Write(ValueShape shape, string writer, string value) => shape.Kind switch
    {
        ValueKind.Number or ValueKind.Choice => $"{writer}.{shape.Kind}<{shape.Type}>({value})",
        ValueKind.Value when shape is { IsStruct: true, IsNullable: true } => $"{writer}.ValueOrNull<{shape.Type}>({value})",
        ValueKind.Value => $"{writer}.Value<{shape.FullType}>({value})",
        ValueKind.List => $"{writer}.List<{shape.Element!.FullType}>({value}, static (__writer, __item) => {Write(shape.Element, "__writer", "__item")})",
        _ => $"{writer}.{shape.Kind}({value})",
    };
}
