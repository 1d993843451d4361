using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
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
        foreach (var fault in parse.Errors.Where(fault => parse.UnmatchedTokens.Count == 0 || fault.SymbolResult is not CommandResult).Select(Misread).Distinct())
        {
            error.WriteLine(Plain.Text(fault));
        }

        foreach (var line in Strangers.Name(parse, PathOf(parse)))
        {
            error.WriteLine(Plain.Text(line));
        }

        error.WriteLine($"{PathOf(parse)} --help shows how it is used.");
        return Exit.BadInput;
    }

    // The parser would name a type of .NET.
    private static string Misread(ParseError fault)
    {
        var option = fault.SymbolResult as OptionResult ?? fault.SymbolResult?.Parent as OptionResult;
        var type = Nullable.GetUnderlyingType(option?.Option.ValueType ?? typeof(string)) ?? option?.Option.ValueType;
        return option is { Tokens: [var given] } && type == typeof(int) && !int.TryParse(given.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? $"{option.Option.Name} ({given.Value}) must be a whole number, such as 5."
            : fault.Message;
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
