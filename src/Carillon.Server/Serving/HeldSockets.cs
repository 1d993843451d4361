using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Carillon.Server.Serving;

/// <summary>
/// The sockets of the addresses, taken before anything else happens: a port that another process has must refuse the start before a job
/// runs or a file is changed. Who calls early waits in the socket's backlog until Kestrel takes it over.
/// </summary>
internal sealed class HeldSockets : IDisposable
{
    private readonly List<IPEndPoint> _endpoints = [];
    private readonly List<Socket> _sockets = [];

    public HeldSockets(IEnumerable<ListenAddress> addresses)
    {
        try
        {
            foreach (var address in addresses)
            {
                Take(address);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What Kestrel listens on where it asks for this endpoint.</summary>
    public Socket HandOver(EndPoint endpoint)
    {
        var index = _endpoints.FindIndex(endpoint.Equals);
        if (index < 0)
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }

        var socket = _sockets[index];
        _endpoints.RemoveAt(index);
        _sockets.RemoveAt(index);
        return socket;
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _endpoints.Clear();
        _sockets.Clear();
    }

    private void Take(ListenAddress address)
    {
        List<SocketException> refusals = [];
        foreach (var endpoint in address.EndPoints)
        {
            if (TryHold(endpoint) is { } refusal)
            {
                refusals.Add(refusal);
            }
            else if (!address.IsEvery)
            {
                return;
            }
        }

        // A machine may lack one of the two families; a port that is taken in one of them is refused all the same.
        if (refusals.Find(error => error.SocketErrorCode == SocketError.AddressAlreadyInUse) is { } taken)
        {
            throw Refused(address, taken);
        }

        if (refusals.Count == address.EndPoints.Count)
        {
            throw Refused(address, refusals[0]);
        }
    }

    private SocketException? TryHold(IPEndPoint endpoint)
    {
        try
        {
            _sockets.Add(Listen(endpoint));
            _endpoints.Add(endpoint);
            return null;
        }
        catch (SocketException error)
        {
            return error;
        }
    }

    private static Socket Listen(IPEndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            // Binding alone does not keep others away; Kestrel listening on it once more is harmless.
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ConfigRefusedException Refused(ListenAddress address, SocketException error) => new(
        $"--urls ({address.Url}) cannot be listened on: " + error.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "another process listens there; stop it, or choose another address with --urls http://127.0.0.1:PORT.",
            SocketError.AccessDenied => "this user may not use that port; choose one above 1023 with --urls http://127.0.0.1:PORT.",
            SocketError.AddressNotAvailable => "this machine has no such address; choose one of its own with --urls, such as http://127.0.0.1:8000.",
            _ => $"{error.Message}; choose another address with --urls, such as http://127.0.0.1:8000.",
        },
        error);
}
