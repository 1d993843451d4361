using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Shapes;

namespace Carillon.AspNetCore.OpenApi;

/// <summary>JSON schemas of the API's contracts, from the same contracts by which it reads and writes.</summary>
internal static class SchemaOf
{
    private static readonly Dictionary<Type, Func<JsonObject>> Scalars = new()
    {
        [typeof(TimeSpan)] = static () => Text("a duration: 30s, 5m, 1h30m, 250ms, 2d, or ISO 8601 such as PT5M", "1h30m"),
        [typeof(Store.RateLimit)] = static () => Text("a rate: 10/1m, 5/s, or with a burst 100/1h burst 20", "10/1m"),
        [typeof(DateTimeOffset)] = static () => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        [typeof(Guid)] = static () => new JsonObject { ["type"] = "string", ["format"] = "uuid" },
        [typeof(RawJson)] = static () => new JsonObject { ["description"] = "JSON, kept byte for byte; arguments are an object of at most 256 kB" },
        [typeof(OutputJson)] = static () => new JsonObject { ["description"] = "a list such as [{\"type\":\"stdio\",\"format\":\"json\"}], or {\"destinations\":[\"stdio\"],\"format\":\"json\"}" },
        [typeof(AfterBody)] = static () => new JsonObject { ["description"] = "a job's id, or {\"job\":ID,\"on\":\"success\"|\"anyEnd\"}" },
    };

    // What must not be left out; the rules say so to callers, the contracts have it nullable to be able to.
    private static readonly Dictionary<Type, string[]> Required = new()
    {
        [typeof(JobBody)] = ["handler"],
        [typeof(BulkBody)] = ["jobs"],
        [typeof(ScheduleBody)] = ["handler"],
        [typeof(KeyBody)] = ["name", "role"],
        [typeof(LimitBody)] = ["maxConcurrent"],
        [typeof(RateBody)] = ["rate"],
        [typeof(BackfillBody)] = ["from", "to"],
        [typeof(FairBody)] = ["fair"],
    };

    /// <summary>The name under which the document holds the schema.</summary>
    public static string Name(JsonTypeInfo contract) => Name(contract.Type);

    /// <summary>The schema. Answers may gain members, so only bodies forbid unknown ones.</summary>
    public static JsonNode Of(JsonTypeInfo contract, bool isBody) => contract.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) => Transform(context.TypeInfo, schema, isBody),
    });

    private static string Name(Type type) => type.IsGenericType
        ? type.GetGenericTypeDefinition() == typeof(Page<>) ? Name(type.GetGenericArguments()[0]) + "Page" : Name(type.GetGenericArguments()[0]) + "List"
        : type.Name;

    private static JsonNode Transform(JsonTypeInfo context, JsonNode schema, bool isBody)
    {
        var type = context.Type;
        var plain = Nullable.GetUnderlyingType(type);
        if (Scalars.TryGetValue(plain ?? type, out var scalar))
        {
            var made = scalar();
            if (plain is not null && made["type"] is { } kind)
            {
                made["type"] = new JsonArray(kind.DeepClone(), "null");
            }

            return made;
        }

        if (schema is not JsonObject members)
        {
            return schema;
        }

        // The exporter leaves out what it knows nothing of: the items of a list of our own scalars.
        if (context.ElementType is { } item && Scalars.TryGetValue(item, out var ofItem))
        {
            members["items"] = ofItem();
        }

        if (Required.TryGetValue(type, out var required))
        {
            members["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        }

        if (!isBody)
        {
            members.Remove("additionalProperties");
        }

        return members;
    }

    private static JsonObject Text(string description, string example) =>
        new() { ["type"] = "string", ["description"] = description, ["examples"] = new JsonArray(example) };
}
