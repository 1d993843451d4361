using System.ComponentModel;
using System.Diagnostics;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Handlers;

/// <summary>Runs a program. It can do whatever the server's user can, so only the configuration file and code may use it unless the host opens it to the API.</summary>
internal static class ExecHandler
{
    public const string Name = "exec";

    public static HandlerDefinition Definition => new()
    {
        Name = Name,
        Description = "Runs a program, without a shell.",
        ArgsSchema = ExecArgs.Schema,
        IsPrivileged = true,
        Run = RunAsync,
    };

    private static async Task<Outcome?> RunAsync(JobContext context)
    {
        var args = HandlerArgs.Read(context, HandlerJson.Default.ExecArgs);
        context.CancellationToken.ThrowIfCancellationRequested();
        var begun = context.Clock.GetTimestamp();
        var (process, fault) = Start(args, context);
        if (process is null)
        {
            return JobContext.Fail(fault!);
        }

        using var run = new ExecRun(process, context);
        var exitCode = await run.WaitAsync();
        if (exitCode != 0)
        {
            throw new AttemptFailedException(Describe(args.Program, exitCode, run.Tail));
        }

        var duration = context.Clock.GetElapsedTime(begun);
        context.SetResult(new ExecResult(exitCode, (long)duration.TotalMilliseconds), HandlerJson.Default.ExecResult);
        return null;
    }

    // What no retry can mend is a fault; what the machine may have room for in a minute is a failed attempt.
    private static (Process? Process, string? Fault) Start(ExecArgs args, JobContext context)
    {
        if (ExecStart.FaultOf(args) is { } fault)
        {
            return (null, fault);
        }

        var start = ExecStart.Of(args, context);
        if (ProgramPath.Find(args.Program, args.WorkingDirectory, start.Environment["PATH"]) is null)
        {
            return (null, ProgramPath.Describe(args.Program, args.WorkingDirectory, start.Environment["PATH"]));
        }

        try
        {
            return (Process.Start(start), null);
        }
        catch (Win32Exception error) when (error.NativeErrorCode is NotFound or TooBig or NotExecutable or Denied)
        {
            return (null, $"the program '{args.Program}' cannot be run: {Words(error)}");
        }
        catch (Win32Exception error)
        {
            throw new AttemptFailedException($"the program '{args.Program}' could not be started: {error.Message}", error);
        }
    }

    private const int NotFound = 2;
    private const int TooBig = 7;
    private const int NotExecutable = 8;
    private const int Denied = 13;

    private static string Words(Win32Exception error) => error.NativeErrorCode switch
    {
        NotFound => "it, or the interpreter that its first line names, was not found",
        TooBig => "its arguments and environment are longer than the operating system takes",
        NotExecutable => "it is not a program for this machine; a script needs a first line such as #!/bin/sh",
        _ => "permission was denied",
    };

    private static string Describe(string program, int exitCode, string tail)
    {
        var signal = exitCode > 128 && exitCode < 128 + 65 ? $" (ended by signal {exitCode - 128})" : "";
        return $"{program} exited with {exitCode}{signal}" + (tail.Length == 0 ? ", and wrote nothing to its error stream" : $":\n{tail}");
    }
}
