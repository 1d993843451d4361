using System.Diagnostics;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>A real server process of a test: started, spoken to over HTTP, stopped or killed by its own process object.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string ReadyMark = "listens on ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private Api? _api;

    private ServerProcess(Process process) => _process = process;

    public OutputLines Output { get; } = new();

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>The memory it holds.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The machine's monotonic clock when the ready line was read.</summary>
    public long ReadyAt { get; private set; }

    public Api Api => _api ?? throw new InvalidOperationException("The server has not said yet that it listens.");

    /// <summary>Starts it and waits until it says where it listens.</summary>
    public static async Task<ServerProcess> StartAsync(ServerStart start)
    {
        var server = Launch(start);
        try
        {
            await server.UntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, whatever comes of it.</summary>
    public static ServerProcess Launch(ServerStart start)
    {
        var setup = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[start.ProgramPath, .. start.Arguments])
        {
            setup.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in start.Environment)
        {
            setup.Environment[name] = value;
        }

        var server = new ServerProcess(new Process { StartInfo = setup });
        server._process.OutputDataReceived += (_, line) => server.Hear(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Hear(line.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Waits until it says where it listens.</summary>
    public async Task UntilReadyAsync()
    {
        var line = await SeesAsync(ReadyMark);
        ReadyAt = Stopwatch.GetTimestamp();
        _api = new Api(new Uri(line[(line.IndexOf(ReadyMark, StringComparison.Ordinal) + ReadyMark.Length)..].Split(',')[0]));
    }

    /// <summary>Waits for a line with the text; the failure shows all that was written instead.</summary>
    public async Task<string> SeesAsync(string text, int from = 0)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var line = Output.WaitAsync(text, from, ended.Token);
        if (await Task.WhenAny(line, _process.WaitForExitAsync(limit.Token)) != line && !limit.IsCancellationRequested)
        {
            // The process has ended, and with it its output: what is not there now never comes.
            await ended.CancelAsync();
        }

        try
        {
            return await line;
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"The server never wrote '{text}'. It wrote at last:\n{Output.Tail}");
        }
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it stands still, and its connections stay.</summary>
    public void Pause() => Signal.Pause(_process);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal.Resume(_process);

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signal.Terminate(_process);
        return await ExitAsync();
    }

    /// <summary>SIGTERM, without waiting for the end.</summary>
    public void AskToEnd() => Signal.Terminate(_process);

    /// <summary>Waits for its end and gives the exit code; the failure shows what it wrote.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"The server did not end within {Patience}. It wrote at last:\n{Output.Tail}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _api?.Dispose();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is not null)
        {
            Output.Add(line);
        }
    }
}
