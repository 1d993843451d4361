using System.Net;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Access;

/// <summary>
/// While no key exists the machine's own user may do everything, and nobody else anything. "From this machine" is believed only if nothing
/// hints at a proxy (whose calls all look local), at a name that was made to point here (DNS rebinding), or at another site's page.
/// </summary>
internal static class LocalRule
{
    private static readonly string[] ForwardingPrefixes = ["X-Forwarded-", "X-Original-"];
    private static readonly string[] ForwardingHeaders = ["Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Via"];

    /// <summary>Null when the call is the machine's user's; else why it is not taken for it.</summary>
    public static string? Refuse(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address))
        {
            return "no API key exists yet, so only calls from this machine are taken; make a key there with: carillon key create";
        }

        if (http.Request.Host.Host is not ("localhost" or "127.0.0.1" or "[::1]"))
        {
            return "without an API key the Host must be localhost, 127.0.0.1 or [::1]";
        }

        if (http.Request.Headers.Keys.FirstOrDefault(IsForwarding) is { } header)
        {
            return $"the call came through a proxy (header {header}); behind one an API key is needed";
        }

        return IsCrossSite(http.Request) ? "the call comes from another site's page" : null;
    }

    private static bool IsForwarding(string header) =>
        ForwardingPrefixes.Any(prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) || ForwardingHeaders.Contains(header, StringComparer.OrdinalIgnoreCase);

    private static bool IsCrossSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        return site is not ("" or "same-origin" or "none")
            || (origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));
    }
}
