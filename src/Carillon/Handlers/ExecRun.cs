using System.Diagnostics;
using Carillon.Jobs;
using Microsoft.Extensions.Logging;

namespace Carillon.Handlers;

/// <summary>A program that runs: its lines go to the job's log, and it ends when the job is asked to.</summary>
internal sealed partial class ExecRun(Process process, JobContext context) : IDisposable
{
    private const int TailLines = 10;
    private const int TailLength = 4 * 1024;

    /// <summary>So long a program may take to end after SIGTERM.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>So long its streams are read on after its end, while something that it left behind holds them open.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _reading = new();
    private readonly Queue<string> _tail = new();

    /// <summary>The last lines that it wrote to its error stream.</summary>
    public string Tail => string.Join('\n', _tail) is { Length: > TailLength } all ? "…" + all[^TailLength..] : string.Join('\n', _tail);

    /// <summary>Waits for the end; when the job is asked to stop, brings it about.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitAsync()
    {
        process.StandardInput.Close();
        var streams = Task.WhenAll(ReadAsync(process.StandardOutput, line => LogLine(context.Logger, line)), ReadAsync(process.StandardError, AddErrorLine));
        try
        {
            await process.WaitForExitAsync(context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(streams);
            throw;
        }
        finally
        {
            await DrainAsync(streams);
        }

        return process.ExitCode;
    }

    public void Dispose()
    {
        _reading.Dispose();
        process.Dispose();
    }

    private async Task StopAsync(Task streams)
    {
        var tree = ProcessTree.Of(process);
        LogStopping(context.Logger, context.StopCause);
        _ = OperatingSystem.IsWindows() || tree.Signal(NativeMethods.Terminate) || NativeMethods.SendSignal(process.Id, NativeMethods.Terminate) == 0;
        using var ended = new CancellationTokenSource();
        var grace = Task.Delay(Grace, context.Clock, ended.Token);
        await Task.WhenAny(Task.WhenAll(process.WaitForExitAsync(CancellationToken.None), streams), grace);
        if (!process.HasExited || tree.IsAlive)
        {
            await grace;
            LogKilling(context.Logger, Grace);
            tree.Signal(NativeMethods.Kill);
        }

        await ended.CancelAsync();
        await EndAsync();
    }

    private async Task EndAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync(CancellationToken.None);
    }

    private async Task DrainAsync(Task streams)
    {
        using var ended = new CancellationTokenSource();
        await Task.WhenAny(streams, Task.Delay(Rest, context.Clock, ended.Token));
        await ended.CancelAsync();
        if (!streams.IsCompleted)
        {
            LogLeftBehind(context.Logger);
        }

        await _reading.CancelAsync();
        await streams;
    }

    private async Task ReadAsync(StreamReader reader, Action<string> onLine)
    {
        var (lines, buffer) = (new LineSplitter(onLine), new char[4 * 1024]);
        try
        {
            while (await reader.ReadAsync(buffer, _reading.Token) is var count and > 0)
            {
                lines.Add(buffer.AsSpan(0, count));
            }
        }
        catch (OperationCanceledException)
        {
            // The program has ended; whoever still holds the stream is not part of the job.
        }

        lines.End();
    }

    private void AddErrorLine(string line)
    {
        _tail.Enqueue(line);
        if (_tail.Count > TailLines)
        {
            _tail.Dequeue();
        }

        LogErrorLine(context.Logger, line);
    }

    [LoggerMessage(1510, LogLevel.Information, "{Line}")]
    private static partial void LogLine(ILogger logger, string line);

    [LoggerMessage(1511, LogLevel.Warning, "{Line}")]
    private static partial void LogErrorLine(ILogger logger, string line);

    [LoggerMessage(1512, LogLevel.Information, "The program was asked to end (SIGTERM): {Cause}")]
    private static partial void LogStopping(ILogger logger, StopCause cause);

    [LoggerMessage(1513, LogLevel.Warning, "The program did not end within {Grace} and was killed, with all that it had started")]
    private static partial void LogKilling(ILogger logger, TimeSpan grace);

    [LoggerMessage(1514, LogLevel.Warning, "The program has ended, but something that it left behind holds its output open; it is no longer read")]
    private static partial void LogLeftBehind(ILogger logger);
}
