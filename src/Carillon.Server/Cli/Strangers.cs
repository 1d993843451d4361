using System.CommandLine;
using Carillon.Language;

namespace Carillon.Server.Cli;

/// <summary>Names the words of a command line that nothing expects, and what was probably meant.</summary>
internal static class Strangers
{
    /// <summary>One line for each; what follows an unknown option is taken for its value.</summary>
    public static IEnumerable<string> Name(ParseResult parse, string path)
    {
        var command = parse.CommandResult.Command;
        var isValue = false;
        foreach (var token in parse.UnmatchedTokens)
        {
            if (IsOption(token))
            {
                isValue = !token.Contains('=', StringComparison.Ordinal);
                yield return $"'{token}' is not an option of {path}{Meant(token.Split('=', 2)[0], command)}";
            }
            else if (isValue)
            {
                isValue = false;
            }
            else if (command.Subcommands.Count > 0)
            {
                yield return NotAVerb(token, command, path);
                yield break;
            }
            else
            {
                yield return $"'{token}' is not expected here.";
            }
        }
    }

    // What follows a mistyped verb was meant for that verb.
    private static string NotAVerb(string token, Command command, string path)
    {
        var verbs = command.Subcommands.Select(verb => verb.Name).ToList();
        var line = $"'{token}' is not a verb of {path}; there are {string.Join(", ", verbs)}.";
        return Spelling.Nearest(token, verbs) is { } meant ? $"{line} Did you mean '{meant}'?" : line;
    }

    private static string Meant(string token, Command command)
    {
        if (Spelling.Nearest(token, OptionsOf(command)) is { } meant)
        {
            return $"; did you mean '{meant}'?";
        }

        return command.Options.Count == 0 ? "." : $"; it has {string.Join(", ", command.Options.Select(option => option.Name))}.";
    }

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]);

    private static IEnumerable<string> OptionsOf(Command command)
    {
        var inherited = command.Parents.OfType<Command>().SelectMany(Above).SelectMany(above => above.Options).Where(option => option.Recursive);
        return command.Options.Concat(inherited).Select(option => option.Name);
    }

    private static IEnumerable<Command> Above(Command command) => command.Parents.OfType<Command>().SelectMany(Above).Prepend(command);
}
