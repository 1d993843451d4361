using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Carillon.Language;
using Carillon.Server.Verbs;
using Carillon.Store;

namespace Carillon.Server.Cli;

/// <summary>All verbs, and how their ends become exit codes.</summary>
internal static class CommandLine
{
    /// <summary>@FILE belongs to the options that take JSON, not to the parser.</summary>
    internal static readonly ParserConfiguration Grammar = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var parse = Root().Parse(args, Grammar);
        if (parse.Action is ParseErrorAction)
        {
            return Misread(parse, error);
        }

        // The server answers signals itself (it drains), so the parser's own time-out at a signal is off.
        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parse.InvokeAsync(invocation, cancellationToken);
        }
        catch (CliException refused)
        {
            return Say(error, refused.Message, refused.ExitCode);
        }
        catch (InvalidRequestException invalid)
        {
            return Say(error, invalid.Message, Exit.BadInput);
        }
        catch (StoreUnavailableException unavailable)
        {
            return Say(error, unavailable.Message, Exit.Configuration);
        }
        catch (OperationCanceledException)
        {
            return Exit.Failed;
        }
        catch (Exception bug)
        {
            return Say(error, $"carillon failed in a way that was not foreseen; please report this with what you did:\n{bug}", Exit.Failed);
        }
    }

    // A plain command, not a RootCommand: that one is named after the program's file.
    internal static Command Root()
    {
        var help = new HelpOption();
        help.Action = new TeachingHelp((SynchronousCommandLineAction)help.Action!);
        var root = new Command("carillon", "Carillon: an exact, durable job scheduler. `carillon serve` starts it, the other verbs talk to it.")
        {
            help, new VersionOption(), CommonOptions.Json, CommonOptions.Server, CommonOptions.Key,
        };
        foreach (var verb in AllVerbs.Make())
        {
            root.Add(verb);
        }

        return root;
    }

    private static int Misread(ParseResult parse, TextWriter error)
    {
        // "A command is required" says nothing new where one was mistyped.
        foreach (var fault in parse.Errors.Where(fault => parse.UnmatchedTokens.Count == 0 || fault.SymbolResult is not CommandResult).Select(fault => fault.Message).Distinct())
        {
            error.WriteLine(Plain.Text(fault));
        }

        // Where a verb was expected the parser takes the word for something else, and would be silent about it.
        if (parse.CommandResult.Command.Subcommands.Count > 0 && parse.UnmatchedTokens.Count > 0)
        {
            error.WriteLine(Plain.Text($"'{parse.UnmatchedTokens[0]}' is not a verb of {PathOf(parse)}; there are {string.Join(", ", parse.CommandResult.Command.Subcommands.Select(command => command.Name))}."));
        }

        var known = parse.CommandResult.Command.Subcommands.Select(command => command.Name).Concat(parse.CommandResult.Command.Options.Select(option => option.Name));
        if (parse.UnmatchedTokens.Select(token => Spelling.Nearest(token, known)).FirstOrDefault(word => word is not null) is { } meant)
        {
            error.WriteLine($"Did you mean {meant}?");
        }

        error.WriteLine($"{PathOf(parse)} --help shows how it is used.");
        return Exit.BadInput;
    }

    private static string PathOf(ParseResult parse)
    {
        List<string> words = [];
        for (Command? at = parse.CommandResult.Command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            words.Insert(0, at.Name);
        }

        return string.Join(' ', words);
    }

    private static int Say(TextWriter error, string message, int exitCode)
    {
        foreach (var line in message.Split('\n'))
        {
            error.WriteLine(Plain.Text(line.TrimEnd('\r')));
        }

        return exitCode;
    }
}
