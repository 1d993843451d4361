using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carillon.Server.Cli;

/// <summary>The running server as the command line sees it: JSON in, JSON out, and a refusal as <see cref="CliException"/> with what to do.</summary>
internal sealed class Api : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private readonly SocketsHttpHandler _transport;
    private readonly HttpClient _http;
    private readonly Uri _server;

    public Api(string server, string? key)
    {
        _server = Address(server);
        // A proxy of the environment is not asked: the server is one's own, and the key must not pass through others.
        _transport = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        _http = new HttpClient(_transport) { BaseAddress = _server, Timeout = Patience, MaxResponseContentBufferSize = MaxAnswerBytes };
        if (!string.IsNullOrEmpty(key))
        {
            _http.DefaultRequestHeaders.Authorization = Bearer(key);
        }
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<JsonElement> PostAsync(string path, JsonNode? body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public Task<JsonElement> DeleteAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, path, null, cancellationToken);

    /// <summary>Sends and reads the answer; an empty answer is an undefined element.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        (await AskAsync(method, path, body, cancellationToken, headers)).Answer;

    /// <summary>Hands in what may be there already (200); true when this call made it (201).</summary>
    public async Task<(JsonElement Answer, bool IsNew)> MakeAsync(string path, JsonNode? body, CancellationToken cancellationToken)
    {
        var (answer, status) = await AskAsync(HttpMethod.Post, path, body, cancellationToken);
        return (answer, status == HttpStatusCode.Created);
    }

    public void Dispose()
    {
        _http.Dispose();
        _transport.Dispose();
    }

    private async Task<(JsonElement Answer, HttpStatusCode Status)> AskAsync(
        HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server, path));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (method != HttpMethod.Get)
        {
            request.Content = new StringContent(body?.ToJsonString() ?? "{}", Encoding.UTF8, "application/json");
        }

        using var response = await ReachAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? (Parse(text), response.StatusCode) : throw Refused(response, text);
    }

    private async Task<HttpResponseMessage> ReachAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw new CliException(Exit.NotReachable,
                $"No server answers at {_server} ({Reason(error)}). Start one with ./run or `carillon serve`, or name another with --server URL or CARILLON_SERVER.");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(Exit.NotReachable, $"The server at {_server} did not answer within {Patience.TotalSeconds:0} s.");
        }
    }

    private JsonElement Parse(string text)
    {
        if (text.Length == 0)
        {
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 128 });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new CliException(Exit.Failed, $"What answers at {_server} is not Carillon: its answer is not JSON.");
        }
    }

    private static CliException Refused(HttpResponseMessage response, string text)
    {
        var status = (int)response.StatusCode;
        var message = Problem.Read(text) ?? $"The server answered {status} {response.ReasonPhrase}.";
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => new CliException(Exit.NotFound, message),
            HttpStatusCode.Unauthorized => new CliException(Exit.NotAllowed, $"{message} Give a key with --key or CARILLON_KEY; who has none can make one on the server's machine while the server is stopped: carillon key create NAME --role admin --store sqlite:PATH"),
            HttpStatusCode.Forbidden => new CliException(Exit.NotAllowed, message),
            _ => new CliException(status is 400 or 413 or 415 or 422 ? Exit.BadInput : Exit.Failed, message),
        };
    }

    private static AuthenticationHeaderValue Bearer(string key) =>
        key.Any(letter => letter is <= ' ' or > '~')
            ? throw new CliException(Exit.BadInput, "--key (or CARILLON_KEY) holds blanks or characters that no key has; copy it again as `carillon key create` printed it.")
            : new AuthenticationHeaderValue("Bearer", key);

    private static Uri Address(string server) =>
        Uri.TryCreate(server.EndsWith('/') ? server : server + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new CliException(Exit.BadInput, $"--server ({server}) must be an address such as http://127.0.0.1:8000.");

    private static string Reason(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the name is not known",
        HttpRequestError.SecureConnectionError => "the TLS handshake failed",
        HttpRequestError.ConnectionError => "connection refused",
        _ => error.Message,
    };
}
