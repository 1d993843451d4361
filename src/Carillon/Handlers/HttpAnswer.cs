using System.Net;
using System.Text;

namespace Carillon.Handlers;

/// <summary>What came back, as much of it as is kept.</summary>
internal sealed record HttpAnswer(HttpStatusCode Status, string? Reason, string Snippet)
{
    private const int MaxRead = 64 * 1024;
    private const int MaxKept = 2 * 1024;
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private Uri? Location { get; init; }

    private System.Net.Http.Headers.RetryConditionHeaderValue? RetryAfter { get; init; }

    /// <summary>Redirects are not followed: the address they name was checked by nobody.</summary>
    public bool IsRedirect => (int)Status is 301 or 302 or 303 or 307 or 308;

    /// <summary>Reads at most 64 kB of the body; the rest is left, and the connection with it.</summary>
    public static async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxRead];
        var length = await body.ReadAtLeastAsync(buffer, MaxRead, throwOnEndOfStream: false, cancellationToken);
        return new HttpAnswer(response.StatusCode, response.ReasonPhrase, Keep(buffer.AsSpan(0, length), response.Content.Headers.ContentType?.CharSet))
        {
            Location = response.Headers.Location,
            RetryAfter = response.Headers.RetryAfter,
        };
    }

    /// <summary>How long the other side asks us to wait, at most an hour; null when it does not ask.</summary>
    public TimeSpan? RestFrom(DateTimeOffset now)
    {
        var asked = Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? RetryAfter?.Delta ?? (RetryAfter?.Date - now) : null;
        return asked is not { } rest ? null : rest < TimeSpan.Zero ? TimeSpan.Zero : rest < LongestRest ? rest : LongestRest;
    }

    /// <summary>Says it as the error of an attempt.</summary>
    public string Describe(HttpCall call)
    {
        if (IsRedirect)
        {
            return $"redirect refused: {call} answered {(int)Status} to '{Plain(Target(call))}', and redirects are not followed; give the final address, or list {(int)Status} under expectedStatus";
        }

        var reason = string.IsNullOrEmpty(Reason) ? "" : $" {Plain(Reason)}";
        var body = Snippet.Length == 0 ? "an empty body" : $"the body: {Snippet}";
        return $"{call} answered {(int)Status}{reason}, expected was {call.Expected}; with {body}";
    }

    private string Target(HttpCall call)
    {
        var target = Location is null ? null : Location.IsAbsoluteUri ? Location : new Uri(call.Target.Uri, Location);
        return target?.GetLeftPart(UriPartial.Path) ?? "";
    }

    private static string Plain(string text) => string.Concat(text.Take(200).Select(letter => char.IsControl(letter) ? ' ' : letter));

    private static string Keep(ReadOnlySpan<byte> body, string? charset)
    {
        var encoding = charset?.Trim('"').ToUpperInvariant() switch
        {
            "ISO-8859-1" or "LATIN1" => Encoding.Latin1,
            "UTF-16" or "UTF-16LE" => Encoding.Unicode,
            "UTF-16BE" => Encoding.BigEndianUnicode,
            _ => Encoding.UTF8,
        };
        var (kept, size) = (new StringBuilder(), 0);
        foreach (var rune in encoding.GetString(body).EnumerateRunes())
        {
            size += rune.Utf8SequenceLength;
            if (size > MaxKept)
            {
                break;
            }

            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }
}
