using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Carillon.EndToEnd.Tests.Wires;

/// <summary>
/// The way between one server process and its PostgreSQL, on a port of the loopback: it passes everything on, or is cut, refuses, stands
/// still, is slow, or cuts a commit off before or behind its effect.
/// </summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<WireLink, byte> _links = new();
    private readonly int _target;
    private readonly Lock _dice = new();
    private readonly Random _random;
    private readonly Task _accepting;
    private double _share;
    private int _accepted;
    private int _applied;
    private int _unapplied;
    private TaskCompletionSource _flowing = Done();
    private TaskCompletionSource? _held;

    private Wire(int target, int seed)
    {
        (_target, _random) = (target, new Random(seed));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>New connections are closed at once.</summary>
    public bool IsRefusing { get; set; }

    /// <summary>What every bundle of bytes takes longer, either way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Connections that were asked for.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Commits whose answer was dropped.</summary>
    public int Applied => Volatile.Read(ref _applied);

    /// <summary>Commits that never reached the server.</summary>
    public int Unapplied => Volatile.Read(ref _unapplied);

    public static Wire To(int port, int seed) => new(port, seed);

    /// <summary>From now on this share of all commits is cut off, as the seed says on which side of its effect.</summary>
    public void CutCommits(double share)
    {
        lock (_dice)
        {
            _share = share;
        }
    }

    /// <summary>Cuts every connection.</summary>
    public void Cut()
    {
        foreach (var link in _links.Keys)
        {
            link.Cut();
        }
    }

    /// <summary>Nothing gets through any more, and nobody is told.</summary>
    public void Freeze()
    {
        if (_flowing.Task.IsCompleted)
        {
            _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Thaw() => _flowing.TrySetResult();

    /// <summary>The answer to the next commit is held back for good. Done when the server has given it.</summary>
    public Task HoldNextCommitAsync()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _held, held);
        return held.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        Thaw();
        await _accepting;
    }

    /// <summary>What becomes of a commit.</summary>
    internal CommitFault Judge()
    {
        lock (_dice)
        {
            if (_random.NextDouble() >= _share)
            {
                return CommitFault.None;
            }

            var isApplied = _random.Next(2) == 0;
            Interlocked.Increment(ref isApplied ? ref _applied : ref _unapplied);
            return isApplied ? CommitFault.Applied : CommitFault.Unapplied;
        }
    }

    /// <summary>Who waits for a commit to be held back; null for nobody.</summary>
    internal TaskCompletionSource? TakeHeld() => Interlocked.Exchange(ref _held, null);

    internal async Task PassAsync()
    {
        await _flowing.Task;
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, TimeProvider.System);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                Interlocked.Increment(ref _accepted);
                _ = LinkAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the listener.
        }
    }

    private async Task LinkAsync(Socket client)
    {
        using var link = new WireLink(this, client);
        _links[link] = 0;
        try
        {
            if (!IsRefusing)
            {
                await link.RunAsync(_target);
            }
        }
        catch (Exception gone) when (gone is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // One of the two sides is gone; the other is closed now.
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
