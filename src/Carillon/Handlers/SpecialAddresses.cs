using System.Net;
using System.Net.Sockets;

namespace Carillon.Handlers;

/// <summary>
/// Which addresses are not public: the IANA special-purpose registries of IPv4 and IPv6, and the addresses under which clouds hand out
/// credentials to whoever asks. An IPv4 address inside an IPv6 one is judged as itself.
/// </summary>
internal static class SpecialAddresses
{
    private static readonly (IPNetwork Network, string Kind)[] IPv4 =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"), (IPNetwork.Parse("10.0.0.0/8"), "private"), (IPNetwork.Parse("100.64.0.0/10"), "shared by carriers"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"), (IPNetwork.Parse("169.254.0.0/16"), "link-local"), (IPNetwork.Parse("172.16.0.0/12"), "private"),
        (IPNetwork.Parse("192.0.0.0/24"), "reserved for protocols"), (IPNetwork.Parse("192.0.2.0/24"), "documentation"), (IPNetwork.Parse("192.88.99.0/24"), "6to4 relay"),
        (IPNetwork.Parse("192.168.0.0/16"), "private"), (IPNetwork.Parse("198.18.0.0/15"), "benchmarking"), (IPNetwork.Parse("198.51.100.0/24"), "documentation"),
        (IPNetwork.Parse("203.0.113.0/24"), "documentation"), (IPNetwork.Parse("224.0.0.0/4"), "multicast"), (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
    ];

    private static readonly (IPNetwork Network, string Kind)[] IPv6 =
    [
        (IPNetwork.Parse("::1/128"), "loopback"), (IPNetwork.Parse("::/96"), "unspecified or IPv4-compatible"), (IPNetwork.Parse("64:ff9b:1::/48"), "local translation"),
        (IPNetwork.Parse("2001:db8::/32"), "documentation"), (IPNetwork.Parse("2001::/23"), "reserved for protocols"), (IPNetwork.Parse("3fff::/20"), "documentation"),
        (IPNetwork.Parse("fc00::/7"), "private"), (IPNetwork.Parse("fe80::/10"), "link-local"), (IPNetwork.Parse("fec0::/10"), "site-local"), (IPNetwork.Parse("ff00::/8"), "multicast"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");

    private static readonly HashSet<IPAddress> Metadata =
    [
        .. new[] { "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254" }
            .Select(IPAddress.Parse),
    ];

    private static readonly HashSet<string> MetadataNames = new(StringComparer.Ordinal)
    {
        "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal", "metadata.azure.internal", "metadata.tencentyun.com",
    };

    /// <summary>What kind of special address it is; null for a public one.</summary>
    public static string? KindOf(IPAddress address)
    {
        var plain = Plain(address);
        return IsMetadata(plain) ? "cloud metadata" : plain.AddressFamily == AddressFamily.InterNetwork ? Find(IPv4, plain) : KindOfIPv6(plain);
    }

    /// <summary>Credentials of the machine are to be had there.</summary>
    public static bool IsMetadata(IPAddress address) => Metadata.Contains(Plain(address));

    /// <summary>As <see cref="IsMetadata(IPAddress)"/>, for a name in lower case without a dot at its end.</summary>
    public static bool IsMetadata(string host) => MetadataNames.Contains(host);

    /// <summary>The IPv4 address for one that only wraps it, as the network treats both alike.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string? KindOfIPv6(IPAddress address)
    {
        if (address.ScopeId != 0)
        {
            return "scoped to an interface";
        }

        if (Translated.Contains(address))
        {
            return Embedded(address, 12, 0) is var inner && KindOf(inner) is { } kind ? $"{kind}, as NAT64 of {inner}" : null;
        }

        if (SixToFour.Contains(address))
        {
            return $"6to4 of {Embedded(address, 2, 0)}";
        }

        return Teredo.Contains(address) ? $"Teredo of {Embedded(address, 12, 0xFF)}" : Find(IPv6, address) ?? (GlobalUnicast.Contains(address) ? null : "reserved");
    }

    private static string? Find((IPNetwork Network, string Kind)[] networks, IPAddress address) =>
        networks.FirstOrDefault(entry => entry.Network.Contains(address)).Kind;

    // Teredo writes the client's address with all bits turned.
    private static IPAddress Embedded(IPAddress address, int offset, byte mask) =>
        new([.. address.GetAddressBytes().Skip(offset).Take(4).Select(part => (byte)(part ^ mask))]);
}
