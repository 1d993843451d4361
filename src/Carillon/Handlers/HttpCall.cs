using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Carillon.Handlers;

/// <summary>A call as its arguments ask for it, checked: every fault is found before anything is sent.</summary>
internal sealed record HttpCall(HttpMethod Method, TargetUrl Target, StatusSet Expected, TimeSpan Timeout)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(24);
    private static readonly SearchValues<char> TokenLetters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // They say where the message ends and to whom it goes: set by hand, they would let one request pass for two.
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer", "Upgrade", "Expect",
    };

    private IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    private byte[]? Body { get; init; }

    private string BodyType { get; init; } = "application/json";

    /// <summary>For messages: <c>GET https://example.com/path</c>.</summary>
    public override string ToString() => $"{Method} {Target.Shown}";

    /// <summary>The call, or every fault of the arguments.</summary>
    public static HttpCall? Of(HttpArgs args, HttpTargets targets, out IReadOnlyList<string> faults)
    {
        var method = args.Method ?? "GET";
        var timeout = args.Timeout ?? DefaultTimeout;
        List<string> found =
        [
            .. Methods.Contains(method, StringComparer.Ordinal) ? Array.Empty<string>() : [$"method '{Cut(method)}' is unknown; known are {string.Join(", ", Methods)}"],
            .. timeout > TimeSpan.Zero && timeout <= LongestTimeout ? Array.Empty<string>() : [$"timeout {Language.Durations.Format(timeout)} must be more than 0s and at most 24h"],
            .. (args.Headers ?? new Dictionary<string, string>()).SelectMany(HeaderFaults),
        ];
        if (!targets.TryRead(args.Url, out var target, out var fault))
        {
            found.Insert(0, $"url '{Cut(args.Url)}' {fault}");
        }
        else if (targets.WhyRefused(target) is { } refused)
        {
            found.Insert(0, refused);
        }

        faults = found;
        return found.Count > 0 ? null : new HttpCall(new HttpMethod(method), target!, args.ExpectedStatus ?? StatusSet.Success, timeout)
        {
            Headers = args.Headers ?? new Dictionary<string, string>(),
            Body = BytesOf(args.Body),
            BodyType = args.Body?.ValueKind == JsonValueKind.String ? "text/plain; charset=utf-8" : "application/json",
        };
    }

    /// <summary>The message to send. A call that changes something carries the job's key, so that a repeated attempt can be known as such.</summary>
    public HttpRequestMessage ToRequest(string idempotencyKey)
    {
        var request = new HttpRequestMessage(Method, Target.Uri) { Content = ToContent() };
        foreach (var (name, value) in Headers.Where(header => !IsOfContent(header.Key)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (Method != HttpMethod.Get && Method != HttpMethod.Head && !request.Headers.Contains("Idempotency-Key"))
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Carillon", null));
        }

        return request;
    }

    private ByteArrayContent? ToContent()
    {
        var described = Headers.Where(header => IsOfContent(header.Key)).ToList();
        if (Body is null && described.Count == 0)
        {
            return null;
        }

        var content = new ByteArrayContent(Body ?? []);
        foreach (var (name, value) in described)
        {
            content.Headers.TryAddWithoutValidation(name, value);
        }

        if (Body is not null && content.Headers.ContentType is null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", BodyType);
        }

        return content;
    }

    private static byte[]? BytesOf(JsonElement? body) => body?.ValueKind switch
    {
        null or JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => Encoding.UTF8.GetBytes(body.Value.GetString()!),
        _ => Encoding.UTF8.GetBytes(body.Value.GetRawText()),
    };

    private static IEnumerable<string> HeaderFaults(KeyValuePair<string, string> header)
    {
        var (name, value) = header;
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenLetters))
        {
            yield return $"header '{Cut(name)}' is not a header's name";
        }
        else if (OwnHeaders.Contains(name))
        {
            yield return $"header '{name}' cannot be set: it is the connection's own";
        }

        if (value.Any(letter => letter is < ' ' and not '\t' or > '\u007E'))
        {
            yield return $"header '{Cut(name)}' has a value with a line break, a control character or a letter outside ASCII";
        }
    }

    private static bool IsOfContent(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.Equals("Expires", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase) || name.Equals("Allow", StringComparison.OrdinalIgnoreCase);

    private static string Cut(string text) => JsonEncodedText.Encode(text.Length <= 200 ? text : text[..200] + "…", System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
}
