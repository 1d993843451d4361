using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Handlers;

/// <summary>The arguments of the handler <c>http</c>.</summary>
internal sealed record HttpArgs
{
    public const string Schema = """
        {
          "type": "object",
          "required": ["url"],
          "additionalProperties": false,
          "properties": {
            "url": { "type": "string", "maxLength": 2048, "description": "http:// or https://, without user information; a path such as /health/ready means this server" },
            "method": { "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], "default": "GET" },
            "headers": { "type": "object", "additionalProperties": { "type": "string" } },
            "body": { "description": "text is sent as it is, any other JSON as application/json" },
            "expectedStatus": {
              "default": "2xx",
              "anyOf": [
                { "type": "integer", "minimum": 100, "maximum": 599 },
                { "type": "string", "pattern": "^[1-5]([0-9][0-9]|xx)$" },
                { "type": "array", "minItems": 1, "maxItems": 100, "items": { "type": ["integer", "string"] } }
              ]
            },
            "timeout": { "type": "string", "default": "30s", "description": "for the whole call, such as 30s, 5m or PT30S" }
          }
        }
        """;

    public required string Url { get; init; }

    public string? Method { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public JsonElement? Body { get; init; }

    public StatusSet? ExpectedStatus { get; init; }

    [JsonConverter(typeof(DurationText))]
    public TimeSpan? Timeout { get; init; }
}

/// <summary>The result of the handler <c>http</c>: the first 2 kB of the answer's body.</summary>
internal sealed record HttpResult(int Status, long DurationMs, string Body);
