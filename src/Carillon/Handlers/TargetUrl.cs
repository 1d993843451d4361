using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Carillon.Handlers;

/// <summary>Where a call goes, taken from a URL that can be read in one way only: what two parsers could read differently is refused.</summary>
/// <param name="Uri">The URL; a fragment is never sent.</param>
/// <param name="Host">Lower case, without brackets and without a dot at the end.</param>
/// <param name="Address">The address that the host is; null when it is a name.</param>
internal sealed record TargetUrl(Uri Uri, string Host, IPAddress? Address)
{
    private const int MaxLength = 2_048;

    /// <summary>For messages: without the query, which may hold secrets.</summary>
    public string Shown => Uri.GetLeftPart(UriPartial.Path);

    public static bool TryParse(string text, [NotNullWhen(true)] out TargetUrl? target, [NotNullWhen(false)] out string? fault)
    {
        target = null;
        fault = FaultOf(text);
        if (fault is null && !Uri.TryCreate(text, UriKind.Absolute, out _))
        {
            fault = "is not a valid URL";
        }

        if (fault is null)
        {
            target = Of(new Uri(text));
            fault = target is { Address: null } && EndsInNumber(target.Host) ? $"has the host '{target.Host}', which ends in a number but is not an IPv4 address" : null;
        }

        return fault is null;
    }

    /// <summary>The target of a URL that has passed <see cref="TryParse"/>.</summary>
    public static TargetUrl Of(Uri uri)
    {
        var host = uri.Host.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        return new TargetUrl(uri, host, IPAddress.TryParse(host, out var address) ? address : null);
    }

    private static string? FaultOf(string text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return $"has {text.Length} characters; 1 to {MaxLength} are allowed";
        }

        if (text.AsSpan().IndexOfAnyInRange('\0', ' ') is var blank and >= 0)
        {
            return $"has a blank or control character (U+{(int)text[blank]:X4}) at position {blank}; write it percent-encoded";
        }

        if (text.Any(char.IsControl) || text.Contains('\\', StringComparison.Ordinal))
        {
            return "has a backslash or a control character; write it percent-encoded";
        }

        return AuthorityOf(text) is { } authority ? AuthorityFault(authority) : "must begin with http:// or https:// and a host";
    }

    private static string? AuthorityOf(string text)
    {
        var start = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : text.Length;
        var rest = text[start..];
        var end = rest.AsSpan().IndexOfAny('/', '?', '#');
        var authority = end < 0 ? rest : rest[..end];
        return authority.Length == 0 ? null : authority;
    }

    private static string? AuthorityFault(string authority)
    {
        if (authority.Contains('@', StringComparison.Ordinal))
        {
            return "has user information before the host; send credentials in the header Authorization";
        }

        if (authority.Contains('%', StringComparison.Ordinal))
        {
            return "has a percent sign in its host: zone ids and encoded hosts are refused";
        }

        return authority.Any(letter => letter > '\u007E') ? "has letters outside ASCII in its host; write an international name in its xn-- form" : null;
    }

    // "1.2.3.4.5" or "256.1.1.1": some resolvers read numbers as addresses in their own way.
    private static bool EndsInNumber(string host)
    {
        var last = host[(host.LastIndexOf('.') + 1)..];
        return last.Length == 0 || (char.IsAsciiDigit(last[0]) && last.All(char.IsAsciiHexDigit));
    }
}
