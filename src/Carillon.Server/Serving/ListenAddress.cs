using System.Net;

namespace Carillon.Server.Serving;

/// <summary>An address to listen on.</summary>
/// <param name="Url">As given.</param>
/// <param name="IsLoopback">Only this machine can reach it.</param>
/// <param name="EndPoints">What Kestrel makes of it: one, or both address families.</param>
/// <param name="IsEvery">It listens on each of them; else on the first that the machine has.</param>
internal sealed record ListenAddress(string Url, bool IsLoopback, IReadOnlyList<IPEndPoint> EndPoints, bool IsEvery)
{
    /// <summary>All addresses of <c>--urls</c>; every fault is noted.</summary>
    public static IReadOnlyList<ListenAddress> ParseAll(IEnumerable<string> given, List<string> faults)
    {
        List<ListenAddress> addresses = [];
        foreach (var url in given.SelectMany(text => text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (Parse(url) is { } address)
            {
                addresses.Add(address);
            }
            else
            {
                faults.Add($"--urls ({url}) must be an address such as http://127.0.0.1:8000 or http://[::1]:8000.");
            }
        }

        return addresses;
    }

    private static ListenAddress? Parse(string url)
    {
        // Kestrel's "any host" is no host name of a URI.
        var isAny = url.Contains("://*", StringComparison.Ordinal) || url.Contains("://+", StringComparison.Ordinal);
        var readable = isAny ? url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal) : url;
        return Uri.TryCreate(readable, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery is "/" or ""
            ? new ListenAddress(url, !isAny && IsLocal(uri), EndPointsOf(uri, isAny), uri.Host == "localhost")
            : null;
    }

    private static IReadOnlyList<IPEndPoint> EndPointsOf(Uri uri, bool isAny)
    {
        if (!isAny && IPAddress.TryParse(uri.DnsSafeHost, out var address))
        {
            return [new IPEndPoint(address, uri.Port)];
        }

        return uri.Host == "localhost"
            ? [new IPEndPoint(IPAddress.Loopback, uri.Port), new IPEndPoint(IPAddress.IPv6Loopback, uri.Port)]
            : [new IPEndPoint(IPAddress.IPv6Any, uri.Port), new IPEndPoint(IPAddress.Any, uri.Port)];
    }

    private static bool IsLocal(Uri uri) =>
        uri.Host == "localhost" || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}
