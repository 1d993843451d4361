using System.Diagnostics;
using System.Globalization;

namespace Carillon.Peers.Referee;

/// <summary>A part that was started: what it says, and its end.</summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string[]> _lines = [];
    private readonly Task _read;
    private TaskCompletionSource _heard = New();

    private PeerProcess(Process process)
    {
        _process = process;
        _read = Task.Run(ReadAsync);
    }

    public double StartedAt { get; } = Parts.Part.Now;

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static PeerProcess Start(Peer peer, int port, string? ids, string part, params int[] numbers)
    {
        var setup = new ProcessStartInfo(peer.Command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[.. peer.Command.Skip(1), part, .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))])
        {
            setup.ArgumentList.Add(argument);
        }

        setup.Environment["PEER_DATABASE"] = string.Create(CultureInfo.InvariantCulture, $"postgres://bench@127.0.0.1:{port}/{peer.Database}");
        setup.Environment["PEER_CONNECTION"] = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=bench;Database={peer.Database};Maximum Pool Size=80;Max Auto Prepare=50");
        setup.Environment["PEER_IDS"] = ids;
        return new PeerProcess(Process.Start(setup)!);
    }

    /// <summary>The numbers of the lines that begin with this word.</summary>
    public IReadOnlyList<double[]> Lines(string word)
    {
        lock (_lock)
        {
            return [.. _lines.Where(line => line[0] == word).Select(line => line.Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray())];
        }
    }

    /// <summary>The numbers of the last line that begins with this word; null while there is none.</summary>
    public double[]? Last(string word) => Lines(word) is [.., var last] ? last : null;

    /// <summary>Waits until what it said is as wanted; its end, too early, is an error.</summary>
    public async Task UntilAsync(Func<PeerProcess, bool> isSeen, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task heard;
            lock (_lock)
            {
                heard = _heard.Task;
            }

            if (isSeen(this))
            {
                return;
            }

            if (_read.IsCompleted)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} ended too early.");
            }

            await Task.WhenAny(heard, _read).WaitAsync(Patience, cancellationToken);
        }
    }

    public Task ReadyAsync() => UntilAsync(process => process.Lines("ready").Count > 0);

    /// <summary>Tells it that enough was seen, and waits for its end.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
    }

    /// <summary>Waits for the end of a part that ends by itself.</summary>
    public async Task DoneAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _read;
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} failed with {_process.ExitCode}.");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line.Split(' '));
                _heard.TrySetResult();
                _heard = New();
            }
        }
    }
}
