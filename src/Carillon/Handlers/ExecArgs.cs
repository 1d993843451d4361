namespace Carillon.Handlers;

/// <summary>The arguments of the handler <c>exec</c>.</summary>
internal sealed record ExecArgs
{
    public const string Schema = """
        {
          "type": "object",
          "required": ["program"],
          "additionalProperties": false,
          "properties": {
            "program": { "type": "string", "minLength": 1, "description": "a path, or a name that is looked up in PATH; there is no shell" },
            "arguments": { "type": "array", "items": { "type": "string" }, "description": "each is passed as it is" },
            "workingDirectory": { "type": "string", "description": "the server's own where absent" },
            "environment": { "type": "object", "additionalProperties": { "type": "string" }, "description": "besides PATH, HOME, LANG and TZ" }
          }
        }
        """;

    public required string Program { get; init; }

    public IReadOnlyList<string>? Arguments { get; init; }

    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}

/// <summary>The result of the handler <c>exec</c>.</summary>
internal sealed record ExecResult(int ExitCode, long DurationMs);
