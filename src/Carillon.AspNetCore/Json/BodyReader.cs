using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Carillon.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Carillon.AspNetCore.Json;

/// <summary>Reads a JSON body strictly: within the size limit however it is sent, well-formed, and nothing but what the contract knows.</summary>
internal static class BodyReader
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>True when no body comes; over HTTP/2 only the server knows, for there is no header that says so.</summary>
    public static bool IsEmpty(HttpContext http) => http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || http.Request.ContentLength is 0;

    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> contract, int maxBytes)
    {
        using var document = Parse(await ReadBytesAsync(http, maxBytes));
        return Bind(document.RootElement, contract, "");
    }

    /// <summary>The document as it stands; the caller binds it.</summary>
    public static async Task<JsonDocument> ReadDocumentAsync(HttpContext http, int maxBytes) => Parse(await ReadBytesAsync(http, maxBytes));

    public static T Bind<T>(JsonElement element, JsonTypeInfo<T> contract, string path)
    {
        var faults = new List<Fault>();
        StrictShape.Check(element, contract, path, faults);
        if (faults.Count > 0)
        {
            throw new InvalidRequestException(faults);
        }

        return element.Deserialize(contract) ?? throw Malformed("is null; send a JSON object");
    }

    private static async Task<byte[]> ReadBytesAsync(HttpContext http, int maxBytes)
    {
        CheckHeaders(http.Request, maxBytes);
        using var buffer = new MemoryStream(http.Request.ContentLength is { } length ? (int)length : 1024);
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
        {
            if (buffer.Length + read > maxBytes)
            {
                throw TooLarge(maxBytes);
            }

            await buffer.WriteAsync(chunk.AsMemory(0, read), http.RequestAborted);
        }

        return buffer.ToArray();
    }

    private static void CheckHeaders(HttpRequest request, int maxBytes)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "Bodies must not be compressed; leave out the header Content-Encoding.");
        }

        if (!IsJson(request.ContentType))
        {
            var given = request.ContentType is { Length: > 0 } type ? $"The content type is {Shown(type)}" : "The content type is missing";
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, $"{given}; send Content-Type: application/json.");
        }

        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static JsonDocument Parse(byte[] body)
    {
        if (!Utf8.IsValid(body))
        {
            throw Malformed("is not valid UTF-8");
        }

        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (JsonException error)
        {
            throw Malformed(Explain(body, error));
        }
        catch (InvalidOperationException)
        {
            throw Malformed("has a member whose name is not valid Unicode (an unpaired surrogate)");
        }
    }

    // The parser's own words name the place; what it says beyond them is about .NET.
    private static string Explain(byte[] body, JsonException error)
    {
        if (body.Length == 0)
        {
            return "is empty; send a JSON object";
        }

        var text = error.Message;
        var end = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var place = error.LineNumber is { } line ? $" (line {line + 1}, byte {error.BytePositionInLine + 1})" : "";
        return $"is not valid JSON{place}: {(end > 0 ? text[..end] : text)}";
    }

    private static InvalidRequestException Malformed(string what) => new([new Fault("body", null, what)]);

    private static RefusedException TooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, $"The body is longer than {maxBytes} bytes; send less at once.");

    private static string Shown(string text) => $"'{JsonEncodedText.Encode(text.Length <= 60 ? text : text[..60] + "…")}'";
}
