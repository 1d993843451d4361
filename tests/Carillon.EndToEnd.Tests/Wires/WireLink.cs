using System.Net;
using System.Net.Sockets;

namespace Carillon.EndToEnd.Tests.Wires;

/// <summary>One connection through the wire. Whole messages are passed on, so that a cut never falls inside one.</summary>
internal sealed class WireLink(Wire wire, Socket client) : IDisposable
{
    private const int BufferSize = 32 * 1024;
    private static readonly byte[] Ready = [(byte)'Z', 0, 0, 0, 5];
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Frames _frames = new();
    private TaskCompletionSource? _swallowed;

    public async Task RunAsync(int port)
    {
        (client.NoDelay, _server.NoDelay) = (true, true);
        await wire.PassAsync();
        await _server.ConnectAsync(IPAddress.Loopback, port);
        await await Task.WhenAny(AskAsync(), AnswerAsync());
    }

    /// <summary>Both sides see a reset.</summary>
    public void Cut()
    {
        foreach (var socket in (Socket[])[client, _server])
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // It was closed already.
            }
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    private async Task AskAsync()
    {
        var (buffer, filled) = (new byte[BufferSize], 0);
        while (await client.ReceiveAsync(buffer.AsMemory(filled)) is > 0 and var read)
        {
            filled += read;
            await wire.PassAsync();
            var passed = await PassMessagesAsync(buffer.AsMemory(0, filled));
            buffer.AsSpan(passed, filled - passed).CopyTo(buffer);
            filled -= passed;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private async Task<int> PassMessagesAsync(ReadOnlyMemory<byte> bytes)
    {
        var (sent, seen) = (0, 0);
        while (_frames.LengthOf(bytes.Span[seen..]) is > 0 and var length)
        {
            if (_frames.IsCommit(bytes.Span.Slice(seen, length)))
            {
                await SendAsync(bytes[sent..seen]);
                sent = seen;
                await CommitAsync(bytes.Slice(sent, length));
                sent += length;
            }

            seen += length;
        }

        await SendAsync(bytes[sent..seen]);
        return seen;
    }

    private async Task CommitAsync(ReadOnlyMemory<byte> message)
    {
        var held = wire.TakeHeld();
        var fault = held is null ? wire.Judge() : CommitFault.Applied;
        if (fault == CommitFault.Unapplied)
        {
            Cut();
            throw new OperationCanceledException();
        }

        if (fault == CommitFault.None)
        {
            await SendAsync(message);
            return;
        }

        _swallowed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(message);
        await _swallowed.Task;
        if (held is not null)
        {
            held.SetResult();
            await client.ReceiveAsync(new byte[1]);
        }

        Cut();
        throw new OperationCanceledException();
    }

    private async Task AnswerAsync()
    {
        var buffer = new byte[BufferSize];
        while (await _server.ReceiveAsync(buffer) is > 0 and var read)
        {
            await wire.PassAsync();
            if (Volatile.Read(ref _swallowed) is not { } swallowed)
            {
                await SendAllAsync(client, buffer.AsMemory(0, read));
            }
            else if (read > Ready.Length && buffer.AsSpan(read - Ready.Length - 1, Ready.Length).SequenceEqual(Ready))
            {
                swallowed.TrySetResult();
            }
        }
    }

    private Task SendAsync(ReadOnlyMemory<byte> bytes) => SendAllAsync(_server, bytes);

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        for (var rest = bytes; rest.Length > 0;)
        {
            rest = rest[await socket.SendAsync(rest)..];
        }
    }
}
