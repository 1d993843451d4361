using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Carillon.AspNetCore;
using Carillon.Cluster;
using Carillon.Hosting;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Rest;

/// <summary>
/// The API over the memory store, called as from this machine. By default nothing works in it: jobs stay as they were put, and time stands
/// still at noon of 1 January 2027. With <see cref="StartWorkingAsync"/> the real engine runs in real time.
/// </summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app, VirtualClock? clock)
    {
        (_app, Clock) = (app, clock!);
        Client = app.GetTestClient();
        Client.BaseAddress = new Uri("http://localhost:8000");
        Instance = app.Services.GetRequiredKeyedService<CarillonInstance>("");
    }

    public HttpClient Client { get; }

    public VirtualClock Clock { get; }

    public CarillonInstance Instance { get; }

    public IStore Store => Instance.Store;

    /// <summary>Where calls come from; null is a transport without addresses.</summary>
    public IPAddress? RemoteAddress { get; set; } = IPAddress.Loopback;

    public IServiceProvider Services => _app.Services;

    public static Task<ApiHost> StartAsync(Action<CarillonApiOptions>? options = null, string prefix = "", Func<IStore, IStore>? wrap = null) =>
        StartAsync(new VirtualClock(), _ => { }, options, prefix, wrap);

    public static Task<ApiHost> StartWorkingAsync(Action<CarillonBuilder> build) => StartAsync(null, build, null, "", null);

    /// <summary>A live node that has these handlers, without a process.</summary>
    public async Task AddNodeAsync(string node, params HandlerManifest[] handlers)
    {
        var manifest = new NodeManifest(node, "1.0.0", 42, Clock.GetUtcNow(), 10, handlers);
        await Store.AcquireAsync($"node/{node}", node, TimeSpan.FromHours(1), manifest.ToJson(), Clock.GetUtcNow(), CancellationToken.None);
    }

    public static HandlerManifest Handler(string name, int? maxConcurrent = null, bool isPrivileged = false) => new(name, null, null, maxConcurrent, isPrivileged, null);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        change?.Invoke(request);
        using var response = await Client.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    public Task<Answer> GetAsync(string path, string? key = null) => SendAsync(HttpMethod.Get, path, null, request => Sign(request, key));

    public Task<Answer> PostAsync(string path, string? body = null, string? key = null) => SendAsync(HttpMethod.Post, path, body, request => Sign(request, key));

    public Task<Answer> PutAsync(string path, string body, string? key = null) => SendAsync(HttpMethod.Put, path, body, request => Sign(request, key));

    public Task<Answer> DeleteAsync(string path, string? key = null) => SendAsync(HttpMethod.Delete, path, null, request => Sign(request, key));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void Sign(HttpRequestMessage request, string? key)
    {
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    private static async Task<ApiHost> StartAsync(VirtualClock? clock, Action<CarillonBuilder> build, Action<CarillonApiOptions>? options, string prefix, Func<IStore, IStore>? wrap)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddCarillon(carillon => build(wrap is null ? carillon.UseMemory() : carillon.UseStore(_ => wrap(new Carillon.Store.Memory.MemoryStore()))));
        builder.Services.Configure<CarillonApiOptions>(change => options?.Invoke(change));
        builder.Services.Configure<CarillonOptions>(change => change.NodeName = "node-a");
        if (clock is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Services.Remove(builder.Services.Last(service => service.ServiceType == typeof(IHostedService) && service.ImplementationFactory is not null));
        }

        var app = builder.Build();
        ApiHost? host = null;
        app.Use(async (http, next) =>
        {
            http.Connection.RemoteIpAddress = host!.RemoteAddress;
            await next(http);
        });
        app.MapCarillon(prefix);
        await app.StartAsync();
        host = new ApiHost(app, clock);
        return host;
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public JsonElement this[string member] => Json.GetProperty(member);

    public string? Header(string name) => Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <summary>The fields that were refused.</summary>
    public IEnumerable<string?> Fields => this["errors"].EnumerateArray().Select(error => error.GetProperty("field").GetString());
}
