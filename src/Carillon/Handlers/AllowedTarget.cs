using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Carillon.Handlers;

/// <summary>
/// An entry of the list of allowed targets: a host (<c>build.internal</c>, <c>10.0.0.5</c>), with a port (<c>10.0.0.5:8080</c>), an origin
/// (<c>http://127.0.0.1:8000</c>), a network (<c>10.1.0.0/16</c>), or <c>self</c>: this server, wherever it listens.
/// </summary>
internal sealed record AllowedTarget
{
    private const string Self = "self";
    private const string Forms = "must be self (this server), or a host (build.internal), a host with its port (127.0.0.1:8000, [::1]:8000), an origin (http://127.0.0.1:8000) or a network (10.1.0.0/16)";

    private string? Scheme { get; init; }

    private string? Host { get; init; }

    private IPNetwork? Network { get; init; }

    /// <summary>The only port it allows; null for all that the rule of ports allows.</summary>
    public int? Port { get; private init; }

    /// <summary>It means the server itself, whose address only <see cref="HttpTargets"/> knows; no target matches it as it stands.</summary>
    public bool IsSelf { get; private init; }

    public static bool TryParse(string text, [NotNullWhen(true)] out AllowedTarget? entry, [NotNullWhen(false)] out string? fault)
    {
        entry = text == Self ? new AllowedTarget { IsSelf = true } : text.Contains("://", StringComparison.Ordinal) ? OfOrigin(text) : text.Contains('/', StringComparison.Ordinal) ? OfNetwork(text) : OfHost(text);
        fault = entry is null ? Forms : null;
        return entry is not null;
    }

    /// <summary>The entry is about this target when it is reached at this address.</summary>
    public bool Matches(TargetUrl target, IPAddress address)
    {
        var fits = (Scheme is null || Scheme == target.Uri.Scheme) && (Port is null || Port == target.Uri.Port);
        var plain = SpecialAddresses.Plain(address);
        // Metadata hands out the machine's credentials: a name or a whole network never opens it, only its own address does.
        return fits && (SpecialAddresses.IsMetadata(plain) ? IsSingle(plain) : Host == target.Host || Network?.Contains(plain) == true);
    }

    private bool IsSingle(IPAddress address) => Network is { } network && network.PrefixLength == address.GetAddressBytes().Length * 8 && network.Contains(address);

    private static AllowedTarget? OfOrigin(string text)
    {
        if (!TargetUrl.TryParse(text, out var target, out _) || target.Uri is not { PathAndQuery: "/", Fragment: "" })
        {
            return null;
        }

        return Of(target.Host) with { Scheme = target.Uri.Scheme, Port = target.Uri.Port };
    }

    // "10.0.0.1/8" is most likely one host, written wrongly: it would open the whole network.
    private static AllowedTarget? OfNetwork(string text) =>
        IPNetwork.TryParse(text, out var network) && IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)), out var written) && network.BaseAddress.Equals(written)
            ? new AllowedTarget { Network = network }
            : null;

    private static AllowedTarget? OfHost(string text)
    {
        if (IPAddress.TryParse(text, out var bare) && text.Contains(':', StringComparison.Ordinal))
        {
            return Of(bare.ToString());
        }

        var colon = text.LastIndexOf(':');
        var isPorted = colon > 0 && !text.EndsWith(']');
        var port = 0;
        var isRead = !isPorted || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65_536);
        var host = isPorted ? text[..colon] : text;
        return isRead && TargetUrl.TryParse($"http://{host}", out var target, out _) && target.Uri is { PathAndQuery: "/", Fragment: "", IsDefaultPort: true }
            ? Of(target.Host) with { Port = isPorted ? port : null }
            : null;
    }

    private static AllowedTarget Of(string host)
    {
        if (!IPAddress.TryParse(host, out var address))
        {
            return new AllowedTarget { Host = host };
        }

        var plain = SpecialAddresses.Plain(address);
        return new AllowedTarget { Network = new IPNetwork(plain, plain.GetAddressBytes().Length * 8) };
    }
}
