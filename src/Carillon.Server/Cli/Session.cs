using System.CommandLine;
using System.Text.Json;

namespace Carillon.Server.Cli;

/// <summary>One run of a verb: what was given on the command line, the terminal, and the server once it is needed.</summary>
internal sealed class Session(ParseResult parse) : IDisposable
{
    private Api? _api;

    public Terminal Terminal { get; } = new(parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, Terminal.OfProcess().Width);

    public bool IsJson => parse.GetValue(CommonOptions.Json);

    public string Server => parse.GetValue(CommonOptions.Server) ?? "";

    public Api Api => _api ??= new Api(Server, parse.GetValue(CommonOptions.Key));

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    public T Get<T>(Argument<T> argument) => parse.GetValue(argument)!;

    /// <summary>True when the user named the option, rather than leaving it at its default.</summary>
    public bool IsGiven(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>Prints the answer as JSON when asked for, else as people read it.</summary>
    public int Answer(JsonElement answer, Action<JsonElement> print)
    {
        if (IsJson)
        {
            Terminal.Json(answer.ValueKind == JsonValueKind.Undefined ? JsonDocument.Parse("{}").RootElement : answer);
        }
        else
        {
            print(answer);
        }

        return Exit.Ok;
    }

    public void Dispose() => _api?.Dispose();
}
