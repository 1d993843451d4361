using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Jobs;

namespace Carillon.Handlers;

/// <summary>Reads arguments strictly: a member that the handler does not know is a fault that names it, for it is most often a misspelt one.</summary>
internal static class HandlerArgs
{
    /// <summary>The arguments. Absent ones are an empty object.</summary>
    /// <exception cref="ArgumentsException">They do not fit; all unknown and missing members are named.</exception>
    public static T Read<T>(JobContext context, JsonTypeInfo<T> contract)
    {
        var json = context.Args.Length == 0 ? "{}"u8 : context.Args.Span;
        try
        {
            CheckMembers(context.Handler, json, contract);
            return JsonSerializer.Deserialize(json, contract) ?? throw new JsonException("they are null");
        }
        catch (JsonException error)
        {
            throw new ArgumentsException($"the arguments of '{context.Handler}' are wrong at {error.Path ?? "$"}: {Say(error, contract)}", error);
        }
        catch (InvalidOperationException error)
        {
            throw new ArgumentsException($"the arguments of '{context.Handler}' hold text that is not valid Unicode", error);
        }
    }

    private static void CheckMembers(string handler, ReadOnlySpan<byte> json, JsonTypeInfo contract)
    {
        var names = Names(json);
        var known = contract.Properties.Select(property => property.Name).ToList();
        List<string> faults =
        [
            .. names.Except(known, StringComparer.Ordinal).Select(name => $"unknown member '{Cut(name)}'"),
            .. contract.Properties.Where(property => property.IsRequired && !names.Contains(property.Name)).Select(property => $"member '{property.Name}' is required"),
        ];
        if (faults.Count > 0)
        {
            throw new ArgumentsException($"the arguments of '{handler}' are wrong: {string.Join("; ", faults)}; {Known(known)}");
        }
    }

    private static HashSet<string> Names(ReadOnlySpan<byte> json)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a JSON object was expected");
        }

        while (reader.Read())
        {
            // Each text is looked at, for only looking shows half a surrogate pair, which nothing could store or send.
            var text = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? reader.GetString()! : "";
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && !names.Add(text))
            {
                throw new JsonException($"the member '{Cut(text)}' stands twice");
            }
        }

        return names;
    }

    // The serialiser's own message names a CLR type, which says nothing to the one who wrote the JSON.
    private static string Say(JsonException error, JsonTypeInfo contract)
    {
        var property = contract.Properties.FirstOrDefault(property => error.Path?.StartsWith($"$.{property.Name}", StringComparison.Ordinal) == true);
        var isOwn = property is null || !error.Message.StartsWith("The JSON", StringComparison.Ordinal);
        return isOwn ? error.Message : $"{Words(property!.PropertyType)} was expected";
    }

    private static string Words(Type type) =>
        type == typeof(string) ? "text"
        : type == typeof(IReadOnlyList<string>) ? "a list of texts"
        : type == typeof(IReadOnlyDictionary<string, string>) ? "an object whose values are texts"
        : "something else";

    private static string Known(List<string> known) => known.Count == 0 ? "it takes none" : $"known are {string.Join(", ", known)}";

    private static string Cut(string name) => JsonEncodedText.Encode(name.Length <= 60 ? name : name[..60] + "…").ToString();
}
