using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;

namespace Carillon.AspNetCore.OpenApi;

/// <summary>The OpenAPI 3.1 document of a table of routes. It is made from what the routes are, so it cannot say anything else.</summary>
internal static partial class OpenApiDocument
{
    private const string ProblemRef = "#/components/responses/Problem";

    public static JsonObject Of(IReadOnlyList<ApiRoute> routes, string server) => new()
    {
        ["openapi"] = "3.1.0",
        ["info"] = new JsonObject
        {
            ["title"] = "Carillon",
            ["version"] = "v1",
            ["description"] = "Jobs, schedules and what happened to them. Durations are text (30s, 5m, 1h30m, PT5M); instants are ISO 8601 with an offset; lists answer {\"items\":[…],\"next\":cursor|null}. Errors are problem documents (RFC 9457).",
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = server }),
        ["paths"] = Paths(routes),
        ["components"] = new JsonObject
        {
            ["schemas"] = Schemas(routes),
            ["responses"] = new JsonObject
            {
                ["Problem"] = new JsonObject { ["description"] = "A problem document.", ["content"] = Content("application/problem+json", ApiJson.Wire.ProblemBody) },
            },
            ["securitySchemes"] = new JsonObject
            {
                ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key: carillon_…" },
                ["header"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" },
            },
        },
        ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["header"] = new JsonArray() }),
    };

    private static JsonObject Paths(IReadOnlyList<ApiRoute> routes)
    {
        var paths = new JsonObject();
        foreach (var path in routes.GroupBy(route => route.Pattern, StringComparer.Ordinal))
        {
            paths[path.Key] = new JsonObject(path.Select(route => KeyValuePair.Create(Lower(route.Method), (JsonNode?)Operation(route))));
        }

        return paths;
    }

    private static JsonObject Operation(ApiRoute route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = OperationId(route),
            ["summary"] = route.Summary,
            ["tags"] = new JsonArray(Tag(route)),
            ["parameters"] = Parameters(route),
            ["responses"] = Responses(route),
        };
        if (route.Role is { } role)
        {
            operation["description"] = $"Needs the role {Names.Of(role)}.";
            operation["x-carillon-role"] = Names.Of(role);
        }
        else
        {
            operation["security"] = new JsonArray();
        }

        if (route.Body is { } body)
        {
            operation["requestBody"] = new JsonObject { ["required"] = body.Type != typeof(Shapes.ReasonBody), ["content"] = Content("application/json", body) };
        }

        return operation;
    }

    private static JsonArray Parameters(ApiRoute route)
    {
        var parameters = new JsonArray();
        foreach (Match match in PathParameter().Matches(route.Pattern))
        {
            parameters.Add((JsonNode)Parameter(match.Groups[1].Value, "path", true, match.Groups[1].Value == "id" ? "the id" : "the name, URL-encoded", "string"));
        }

        foreach (var query in route.Query)
        {
            parameters.Add((JsonNode)Parameter(query.Name, "query", false, query.Description, query.IsNumber ? "integer" : "string"));
        }

        if (route.TakesIdempotencyKey)
        {
            parameters.Add((JsonNode)Parameter("Idempotency-Key", "header", false, "a repeat within 24 hours after the job's end answers with the same job (200)", "string"));
        }

        return parameters;
    }

    private static JsonObject Parameter(string name, string place, bool isRequired, string description, string type) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = isRequired,
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = type },
    };

    private static JsonObject Responses(ApiRoute route)
    {
        var answer = new JsonObject { ["description"] = Describe($"{route.Status}") };
        if (route.Answer is not null)
        {
            answer["content"] = Content("application/json", route.Answer);
        }
        else if (route.Status == 200)
        {
            answer["content"] = route.Pattern == "/metrics"
                ? new JsonObject { ["text/plain"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } }
                : new JsonObject { ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } } };
        }

        var responses = new JsonObject { [$"{route.Status}"] = answer };
        foreach (var more in OtherStatuses(route))
        {
            responses[more] = more is "200" or "201" or "202" || (more == "503" && route.Role is null) ? Like(answer, more) : new JsonObject { ["$ref"] = ProblemRef };
        }

        return responses;
    }

    private static JsonNode Like(JsonObject answer, string status)
    {
        var like = answer.DeepClone();
        like["description"] = Describe(status);
        return like;
    }

    private static string Describe(string status) => status switch { "201" => "Created.", "202" => "Accepted; it takes effect soon.", "204" => "Done.", "503" => "Not ready.", _ => "OK." };

    /// <summary>What else may come back.</summary>
    private static IEnumerable<string> OtherStatuses(ApiRoute route)
    {
        var isEnqueue = route.TakesIdempotencyKey;
        var isPut = route.Method == "PUT" && route.Pattern.EndsWith("/{name}", StringComparison.Ordinal);
        return
        [
            .. isEnqueue ? ["200"] : Array.Empty<string>(), .. isPut ? ["201"] : Array.Empty<string>(),
            .. route.Pattern.EndsWith("/cancel", StringComparison.Ordinal) ? ["202"] : Array.Empty<string>(),
            .. route.Role is null ? ["405"] : (string[])["400", "401", "403", "405", "429", "500"],
            .. route.Pattern.Contains('{', StringComparison.Ordinal) ? ["404"] : Array.Empty<string>(),
            .. route.Method is "POST" or "PUT" ? ["409"] : Array.Empty<string>(),
            .. route.Body is not null ? ["413", "415"] : Array.Empty<string>(), .. isEnqueue ? ["422"] : Array.Empty<string>(),
            "503", .. route.Method != "GET" ? ["507"] : Array.Empty<string>(),
        ];
    }

    private static JsonObject Schemas(IReadOnlyList<ApiRoute> routes)
    {
        var schemas = new JsonObject();
        var all = routes.SelectMany(route => new[] { (Contract: route.Body, IsBody: true), (Contract: route.Answer, IsBody: false) }).Append((Contract: ApiJson.Wire.ProblemBody, IsBody: false));
        foreach (var (contract, isBody) in all.Where(pair => pair.Contract is not null).OrderBy(pair => SchemaOf.Name(pair.Contract!), StringComparer.Ordinal))
        {
            schemas[SchemaOf.Name(contract!)] ??= SchemaOf.Of(contract!, isBody);
        }

        return schemas;
    }

    private static JsonObject Content(string type, JsonTypeInfo contract) => new()
    {
        [type] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{SchemaOf.Name(contract)}" } },
    };

    private static string OperationId(ApiRoute route)
    {
        var words = route.Pattern.Split('/', '{', '}', '-', '.').Where(word => word.Length > 0 && word is not ("api" or "v1")).Select(word => char.ToUpperInvariant(word[0]) + word[1..]);
        return Lower(route.Method) + string.Concat(words);
    }

    private static string Tag(ApiRoute route)
    {
        var words = route.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return words is ["api", "v1", var noun, ..] ? noun : words[0];
    }

#pragma warning disable CA1308 // HTTP methods are lower case in OpenAPI documents
    private static string Lower(string method) => method.ToLowerInvariant();
#pragma warning restore CA1308

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}
