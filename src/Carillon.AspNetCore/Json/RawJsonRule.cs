using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Carillon.AspNetCore.Json;

/// <summary>
/// What passes through byte for byte must be readable by every store and every handler: valid Unicode without NUL (PostgreSQL keeps none),
/// and numbers that a double can hold.
/// </summary>
internal static class RawJsonRule
{
    public static string? Check(JsonElement element) => element.ValueKind == JsonValueKind.Object ? CheckValue(element) : "must be a JSON object: { … }";

    public static bool IsUnicode(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = element.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    private static string? CheckValue(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(member => CheckText(member.Name) ?? CheckValue(member.Value)).FirstOrDefault(fault => fault is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(CheckValue).FirstOrDefault(fault => fault is not null),
        JsonValueKind.String => CheckText(IsUnicode(element, out var text) ? text : null),
        JsonValueKind.Number => element.TryGetDouble(out var number) && double.IsFinite(number) ? null : "holds a number beyond the range of a double; send it as text",
        _ => null,
    };

    private static string? CheckText(string? text) => text?.Contains('\0', StringComparison.Ordinal) == false ? null : "holds text with a NUL character or an unpaired surrogate";
}
