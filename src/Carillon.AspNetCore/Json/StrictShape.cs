using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.AspNetCore.Json;

/// <summary>
/// Holds a document against a contract and notes every fault with its place, where the serializer would stop at the first and speak of
/// .NET types. What passes here the serializer can read.
/// </summary>
internal static class StrictShape
{
    private const int MaxFaults = 20;

    public static void Check(JsonElement element, JsonTypeInfo contract, string path, List<Fault> faults)
    {
        var type = Nullable.GetUnderlyingType(contract.Type) ?? contract.Type;
        if (faults.Count >= MaxFaults || (element.ValueKind == JsonValueKind.Null && path.Length > 0 && (!contract.Type.IsValueType || type != contract.Type)))
        {
            return;
        }

        if (ScalarRule.Find(type, path) is { } rule)
        {
            Note(path, element, rule(element), faults);
        }
        else if (contract.Kind == JsonTypeInfoKind.Enumerable)
        {
            CheckItems(element, contract, path, faults);
        }
        else
        {
            CheckMembers(element, contract, path, faults);
        }
    }

    private static void CheckItems(JsonElement element, JsonTypeInfo contract, string path, List<Fault> faults)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            Note(path, element, "must be a list: [ … ]", faults);
            return;
        }

        var items = contract.Options.GetTypeInfo(contract.ElementType!);
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            var place = $"{path}[{index++}]";
            if (item.ValueKind == JsonValueKind.Null)
            {
                Note(place, item, "must not be null", faults);
            }
            else
            {
                Check(item, items, place, faults);
            }
        }
    }

    private static void CheckMembers(JsonElement element, JsonTypeInfo contract, string path, List<Fault> faults)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Note(path, element, "must be a JSON object: { … }", faults);
            return;
        }

        var known = contract.Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var place = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (member is { Name: "every", Value.ValueKind: JsonValueKind.Number } && known.ContainsKey(member.Name))
            {
                Note(place, member.Value, $"must be text with a unit (w, d, h, m, s or ms). Seconds? Write {ScalarRule.Shown(member.Value)}s.", faults);
            }
            else if (known.TryGetValue(member.Name, out var property))
            {
                Check(member.Value, contract.Options.GetTypeInfo(property.PropertyType), place, faults);
            }
            else if (faults.Count < MaxFaults)
            {
                var nearest = Spelling.Nearest(member.Name, known.Keys);
                faults.Add(new Fault(Visible(place), ScalarRule.Shown(member.Value), $"is unknown{(nearest is null ? $"; known are {string.Join(", ", known.Keys)}" : $"; did you mean '{nearest}'?")}"));
            }
        }
    }

    private static void Note(string path, JsonElement element, string? fault, List<Fault> faults)
    {
        if (fault is not null && faults.Count < MaxFaults)
        {
            faults.Add(new Fault(path.Length == 0 ? "body" : Visible(path), ScalarRule.Shown(element), fault));
        }
    }

    // Member names are the sender's text: control characters are shown, not sent on.
    private static string Visible(string path) => path.Any(char.IsControl) ? JsonEncodedText.Encode(path).ToString() : path;
}
