using System.Diagnostics;
using System.Text.Json;
using Carillon.Jobs;
using Carillon.Server.Cli;
using Carillon.Server.Serving;

namespace Carillon.Server.Bench;

/// <summary>
/// From the start of a process to its first job: a file with one pending job, and this same program as a child that serves it on a free
/// port. Counted from just before the child is started, so the system's part is in it, to the attempt's own start as the store has it.
/// </summary>
internal sealed class StartScenario(string directory)
{
    private const string Ready = "Carillon listens on ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Median and worst of several starts, each on a file of its own.</summary>
    public async Task<IReadOnlyList<BenchResult>> RunAsync(int samples)
    {
        var spans = new List<double>();
        for (var i = 0; i < samples; i++)
        {
            spans.Add((await StartOnceAsync(Path.GetFullPath(Path.Combine(directory, $"start{i}.db")))).TotalMilliseconds);
        }

        spans.Sort();
        var note = $"{samples} starts of `carillon serve` on a file with one pending job";
        return [new("process start to first job, median", Figures.Quantile(spans, 0.5), "ms", note), new("process start to first job, worst", spans[^1], "ms", note)];
    }

    private static async Task<TimeSpan> StartOnceAsync(string path)
    {
        Guid job;
        await using (var host = await BenchHost.StartAsync(new StoreChoice(path), static _ => { }, options => options.Enabled = false))
        {
            job = (await host.Jobs.EnqueueAsync(new JobRequest { Handler = "system_heartbeat" })).Id;
        }

        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var server = new Process { StartInfo = Serve(path) };
        var startedAt = TimeProvider.System.GetUtcNow();
        server.Start();
        try
        {
            using var api = new Api(await AddressAsync(server.StandardOutput, patience.Token), key: null);
            var ended = await api.GetAsync($"api/v1/jobs/{job}/wait?timeout=30s", patience.Token);
            return ended.Member("startedAt") is { ValueKind: JsonValueKind.String } at
                ? at.GetDateTimeOffset() - startedAt
                : throw new CliException(Exit.Failed, $"The started server did not begin its job within 30 s; it is {ended.Text("state")}.");
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    // As `carillon` itself was started: by its own file, or by `dotnet carillon.dll`.
    private static ProcessStartInfo Serve(string path)
    {
        var program = Environment.ProcessPath!;
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] words = ["serve", "--urls", "http://127.0.0.1:0", "--store", $"sqlite:{path}"];
        return new ProcessStartInfo(program, isHosted ? [Environment.GetCommandLineArgs()[0], .. words] : words)
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(path)!,
        };
    }

    // What the server says later is little, and fits the pipe.
    private static async Task<string> AddressAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.IndexOf(Ready, StringComparison.Ordinal) is >= 0 and var at)
            {
                return line[(at + Ready.Length)..];
            }

            said.Add(line);
        }

        throw new CliException(Exit.Failed, $"The started server ended before it listened; it said: {string.Join(" | ", said.TakeLast(5))}");
    }
}
