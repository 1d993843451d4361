using System.Net;
using System.Text.Json;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>An answer of the API.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Type">The body's media type.</param>
/// <param name="Body">The body; undefined when there is none.</param>
/// <param name="Text">The body as it came.</param>
internal sealed record Answer(HttpStatusCode Status, string? Type, JsonElement Body, string Text)
{
    public bool IsAccepted => (int)Status is >= 200 and < 300;

    public Guid Id => Body.GetProperty("id").GetGuid();

    public string this[string member] => Body.TryGetProperty(member, out var value) ? value.ToString() : "";

    public IReadOnlyList<JsonElement> Items => [.. Body.GetProperty("items").EnumerateArray()];

    /// <summary>Fails with the whole answer unless the status is the one given.</summary>
    public Answer Is(HttpStatusCode expected)
    {
        Assert.True(Status == expected, $"expected {(int)expected}, got {(int)Status}: {Text}");
        return this;
    }

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var type = response.Content.Headers.ContentType?.MediaType;
        var isJson = type?.EndsWith("json", StringComparison.Ordinal) == true && text.Length > 0;
        return new Answer(response.StatusCode, type, isJson ? JsonSerializer.Deserialize<JsonElement>(text) : default, text);
    }
}
