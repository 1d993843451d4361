using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Carillon.Store;

namespace Carillon.Handlers;

/// <summary>
/// Where the handler <c>http</c> may go. Public addresses are open; loopback, private, link-local and other special ones only where the host's
/// administrator lists them. A name is looked up once, every address of the answer is checked, and the connection goes to a checked address:
/// a name whose answer changes between check and use finds no gap.
/// </summary>
/// <param name="allowed">What the administrator lists.</param>
/// <param name="resolve">Looks a name up.</param>
/// <param name="self">The origin of this server, null while it does not listen; null where there is no server.</param>
internal sealed class HttpTargets(IReadOnlyList<AllowedTarget> allowed, Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<string?>? self)
{
    // Ports at which something else than HTTP listens, which an HTTP request could be made to command.
    private static readonly FrozenSet<int> ClosedPorts = new[]
    {
        1433, 1521, 1719, 1720, 1723, 2049, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 5900, 6000, 6379, 6380, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
        9042, 9092, 10_080, 11_211, 27_017,
    }.ToFrozenSet();

    public static bool TryParse(
        IReadOnlyList<string> allow, [NotNullWhen(true)] out HttpTargets? targets, out IReadOnlyList<Fault> faults,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, Func<string?>? self = null)
    {
        var (entries, found) = (new List<AllowedTarget>(), new List<Fault>());
        for (var i = 0; i < allow.Count; i++)
        {
            if (AllowedTarget.TryParse(allow[i], out var entry, out var fault))
            {
                entries.Add(entry);
            }
            else
            {
                found.Add(new Fault($"http.allow[{i}]", allow[i], fault));
            }
        }

        faults = found;
        targets = found.Count == 0 ? new HttpTargets(entries, resolve ?? Dns.GetHostAddressesAsync, self) : null;
        return targets is not null;
    }

    private bool AllowsSelf => allowed.Any(entry => entry.IsSelf);

    // "self" opens one origin, that of this server, and nothing else of its machine.
    private IEnumerable<AllowedTarget> Open => AllowsSelf && self?.Invoke() is { } origin && AllowedTarget.TryParse(origin, out var own, out _) ? allowed.Append(own) : allowed;

    /// <summary>Reads a URL. A path alone (<c>/health/ready</c>) means this server; its origin is put before it, so that no path leads elsewhere.</summary>
    /// <exception cref="AttemptFailedException">This server is meant, and does not listen yet.</exception>
    public bool TryRead(string url, [NotNullWhen(true)] out TargetUrl? target, [NotNullWhen(false)] out string? fault)
    {
        if (!url.StartsWith('/') || url.StartsWith("//", StringComparison.Ordinal))
        {
            return TargetUrl.TryParse(url, out target, out fault);
        }

        (target, fault) = (null, !AllowsSelf ? "means this server, which is not allowed (target_not_allowed); list \"self\" under http: allow: if it is meant"
            : self is null ? "means this server, but in this process there is none; give the whole address, with http:// and the host"
            : null);
        return fault is null && TargetUrl.TryParse($"{self!() ?? throw new AttemptFailedException("this server does not listen yet")}{url}", out target, out fault);
    }

    /// <summary>Why the target is refused, as far as can be said without looking its name up; null when it is not.</summary>
    public string? WhyRefused(TargetUrl target)
    {
        if (target.Address is { } address)
        {
            return WhyRefused(target, address);
        }

        return SpecialAddresses.IsMetadata(target.Host) ? $"target_not_allowed: '{target.Host}' is a cloud metadata service"
            : IsOpenPort(target.Uri.Port) || Open.Any(entry => entry.Port == target.Uri.Port) ? null
            : WhyPortRefused(target);
    }

    /// <summary>Connects to a checked address of the target.</summary>
    /// <exception cref="TargetRefusedException">One of its addresses is not allowed.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = TargetUrl.Of(context.InitialRequestMessage.RequestUri!);
        SocketException? last = null;
        foreach (var address in await CheckedAsync(target, cancellationToken))
        {
            try
            {
                return await OpenAsync(new IPEndPoint(address, target.Uri.Port), cancellationToken);
            }
            catch (SocketException error)
            {
                last = error;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>The addresses of the target, each of them allowed.</summary>
    /// <exception cref="TargetRefusedException">One of them is not: a name that leads inwards by only one of its addresses is refused whole.</exception>
    public async Task<IReadOnlyList<IPAddress>> CheckedAsync(TargetUrl target, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = target.Address is { } literal ? [literal] : await resolve(target.Host, cancellationToken);
        var refused = WhyRefused(target) ?? addresses.Select(address => WhyRefused(target, address)).FirstOrDefault(reason => reason is not null);
        return refused is null ? addresses : throw new TargetRefusedException(refused);
    }

    private string? WhyRefused(TargetUrl target, IPAddress address)
    {
        if (Open.Any(entry => entry.Matches(target, address) && (entry.Port is not null || IsOpenPort(target.Uri.Port))))
        {
            return null;
        }

        if (SpecialAddresses.KindOf(address) is { } kind)
        {
            var where = target.Address is null ? $"'{target.Host}' leads to {address}, which is" : $"{address} is";
            return $"target_not_allowed: {where} not a public address ({kind}); list \"{Origin(target)}\" under http: allow: if it is meant";
        }

        return IsOpenPort(target.Uri.Port) ? null : WhyPortRefused(target);
    }

    private static string WhyPortRefused(TargetUrl target) =>
        $"target_not_allowed: port {target.Uri.Port} is closed to HTTP calls (80, 443 and those from 1024 on are open, but for well-known ports of other services); list \"{Origin(target)}\" under http: allow: if it is meant";

    private static string Origin(TargetUrl target) => target.Uri.GetLeftPart(UriPartial.Authority);

    private static bool IsOpenPort(int port) => port is 80 or 443 || (port >= 1024 && !ClosedPorts.Contains(port));

    private static async Task<Stream> OpenAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
#pragma warning disable CA2000 // the stream that is returned owns the socket
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
