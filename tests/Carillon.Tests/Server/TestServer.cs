using System.Text;
using System.Threading.Channels;
using Carillon.Server.Cli;

namespace Carillon.Tests.Server;

/// <summary><c>carillon serve</c> in this process, on a port that the system chooses; its log lines are there to wait for.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly LineWriter _lines = new();
    private readonly StringWriter _errors = new();
    private readonly Task<int> _running;

    private TestServer(string[] args) => _running = CommandLine.RunAsync(["serve", .. args], _lines, _errors, _stopping.Token);

    public string Address { get; private set; } = "";

    public static async Task<TestServer> StartAsync(params string[] args)
    {
        var server = new TestServer(["--urls", "http://127.0.0.1:0", .. args]);
        var line = await server.WaitForAsync("listens on");
        server.Address = line[line.IndexOf("http://", StringComparison.Ordinal)..];
        return server;
    }

    /// <summary>One without the role <c>api</c>: it listens nowhere.</summary>
    public static async Task<TestServer> StartSilentAsync(params string[] args)
    {
        var server = new TestServer(args);
        await server.WaitForAsync("opens no port");
        return server;
    }

    /// <summary>Waits until it has ended by itself; its exit code.</summary>
    public Task<int> EndedAsync() => _running.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The next log line that holds the text; fails when the server ends before one comes.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        while (true)
        {
            var line = await await Task.WhenAny(_lines.ReadAsync(), EndAsync());
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    /// <summary>Runs a verb against this server.</summary>
    public Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) => CommandLineTests.RunAsync([.. args, "--server", Address]);

    /// <summary>Stops it; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await _stopping.CancelAsync();
        return await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
        await _lines.DisposeAsync();
        await _errors.DisposeAsync();
    }

    private async Task<string> EndAsync()
    {
        var exitCode = await _running;
        throw new InvalidOperationException($"The server ended with {exitCode}: {_errors}");
    }

    private sealed class LineWriter : TextWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => _lines.Writer.TryWrite(value ?? "");

        public Task<string> ReadAsync() => _lines.Reader.ReadAsync().AsTask();
    }
}
