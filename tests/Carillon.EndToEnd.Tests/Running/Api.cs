using System.Globalization;
using System.Text;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>The REST API of a running server, as a client without any of our code would use it.</summary>
internal sealed class Api(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(70) };

    public Uri Address => address;

    public async Task<Answer> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return await Answer.OfAsync(response);
    }

    public Task<Answer> PostAsync(string path, string body = "", string? idempotencyKey = null) => SendAsync(HttpMethod.Post, path, body, idempotencyKey);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, "", null);

    /// <summary>Posts a job; it must be accepted.</summary>
    public async Task<Guid> EnqueueAsync(string body) => (await PostAsync("/api/v1/jobs", body)).Is(System.Net.HttpStatusCode.Created).Id;

    public Task<Answer> JobAsync(Guid id) => GetAsync($"/api/v1/jobs/{id}");

    /// <summary>Waits for the job's end, in the server.</summary>
    public async Task<Answer> EndAsync(Guid id)
    {
        var job = (await GetAsync($"/api/v1/jobs/{id}/wait?timeout=30s")).Is(System.Net.HttpStatusCode.OK);
        Assert.True(job["finishedAt"].Length > 0, $"the job did not end within 30 s: {job.Text}");
        return job;
    }

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<IReadOnlyList<System.Text.Json.JsonElement>> ListAsync(string path)
    {
        List<System.Text.Json.JsonElement> items = [];
        var query = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await GetAsync(string.Create(CultureInfo.InvariantCulture, $"{path}{query}limit=200{(cursor.Length > 0 ? "&cursor=" + Uri.EscapeDataString(cursor) : "")}"))).Is(System.Net.HttpStatusCode.OK);
            items.AddRange(page.Items);
            cursor = page["next"] is { Length: > 0 } next ? next : null;
        }

        return items;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => await _http.SendAsync(request);

    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(HttpMethod method, string path, string body, string? idempotencyKey)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await _http.SendAsync(request);
        return await Answer.OfAsync(response);
    }
}
