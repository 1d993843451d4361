using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Carillon.Server.Verbs;
using Carillon.Store;

namespace Carillon.Server.Cli;

/// <summary>All verbs, and how their ends become exit codes.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var parse = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
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
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Exit.Failed;
        }
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("Carillon: an exact, durable job scheduler. `carillon serve` starts it, the other verbs talk to it.")
        {
            CommonOptions.Json, CommonOptions.Server, CommonOptions.Key,
        };
        foreach (var verb in AllVerbs.Make())
        {
            root.Add(verb);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new TeachingHelp((SynchronousCommandLineAction)help.Action!);
        return root;
    }

    private static int Misread(ParseResult parse, TextWriter error)
    {
        foreach (var fault in parse.Errors.Select(fault => fault.Message).Distinct())
        {
            error.WriteLine(Plain.Text(fault));
        }

        var known = parse.CommandResult.Command.Subcommands.Select(command => command.Name).Concat(parse.CommandResult.Command.Options.Select(option => option.Name));
        if (parse.UnmatchedTokens.Select(token => Nearest.Of(token, known)).FirstOrDefault(word => word is not null) is { } meant)
        {
            error.WriteLine($"Did you mean {meant}?");
        }

        error.WriteLine($"{PathOf(parse)} --help shows how it is used.");
        return Exit.BadInput;
    }

    private static string PathOf(ParseResult parse)
    {
        List<string> words = [];
        for (SymbolPath? at = SymbolPath.Of(parse); at is not null; at = at.Parent)
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

    private sealed record SymbolPath(string Name, SymbolPath? Parent)
    {
        public static SymbolPath Of(ParseResult parse) => Of(parse.CommandResult.Command);

        private static SymbolPath Of(Command command) =>
            command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? new SymbolPath(command.Name, Of(parent)) : new SymbolPath("carillon", null);
    }
}
