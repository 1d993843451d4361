using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary>JSON that a user hands over: in place, as <c>@FILE</c>, or <c>-</c> for the standard input.</summary>
internal static class GivenJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public static JsonNode? Read(string option, string given) => Parse(option, ReadText(option, given));

    /// <summary>What was handed over, unread.</summary>
    public static string ReadText(string option, string given) => given switch
    {
        "-" => Console.In.ReadToEnd(),
        ['@', .. var path] => ReadFile(option, path),
        _ => given,
    };

    public static JsonNode? Parse(string option, string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException error)
        {
            throw new CliException(Exit.BadInput,
                $"{option} is not JSON at line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}; expected such as '{{\"name\":\"value\"}}', @FILE, or - for the standard input.");
        }
    }

    private static string ReadFile(string option, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(Exit.BadInput, $"{option} (@{path}) cannot be read: {error.Message}");
        }
    }
}
