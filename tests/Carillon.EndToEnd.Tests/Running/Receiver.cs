using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>
/// What jobs of the handler <c>http</c> call: outside the product, it notes by the idempotency key, which is the job's id, how often each was
/// done. A call takes as many milliseconds as its address says.
/// </summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, int> _done = new();
    private readonly HttpListener _listener;
    private readonly Task _listening;

    private Receiver(HttpListener listener, string host)
    {
        (_listener, Host) = (listener, host);
        _listening = ListenAsync();
    }

    /// <summary>Address and port.</summary>
    public string Host { get; }

    /// <summary>How often each job was done.</summary>
    public IReadOnlyDictionary<Guid, int> Done => _done;

    public static Receiver Start()
    {
        while (true)
        {
            var host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");
            var listener = new HttpListener { Prefixes = { $"http://{host}/" } };
            try
            {
                listener.Start();
                return new Receiver(listener, host);
            }
            catch (HttpListenerException)
            {
                // Somebody else took the port in between.
                listener.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _listening;
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.GetContextAsync());
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the listener.
        }
    }

    private async Task AnswerAsync(HttpListenerContext call)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(int.Parse(call.Request.QueryString["ms"] ?? "0", CultureInfo.InvariantCulture)), TimeProvider.System);
            _done.AddOrUpdate(Guid.Parse(call.Request.Headers["Idempotency-Key"] ?? throw new InvalidDataException("a call came without its key")), 1, static (_, times) => times + 1);
            call.Response.StatusCode = (int)HttpStatusCode.NoContent;
            call.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The caller was killed.
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
