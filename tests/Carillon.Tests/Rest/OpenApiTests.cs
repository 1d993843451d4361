using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.AspNetCore.Endpoints;

namespace Carillon.Tests.Rest;

public sealed class OpenApiTests
{
    private const string Snapshot = "tests/Carillon.Tests/Rest/openapi.v1.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The document is reviewed like code: a change of the API shows here. Set CARILLON_WRITE_SNAPSHOTS=1 to take the new one over.</summary>
    [Fact]
    public async Task The_document_is_the_one_that_was_reviewed()
    {
        await using var api = await ApiHost.StartAsync();
        var actual = JsonNode.Parse((await api.GetAsync("/openapi/v1.json")).Text)!.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("CARILLON_WRITE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(Repository.Path(Snapshot), actual);
        }

        var expected = await File.ReadAllTextAsync(Repository.Path(Snapshot));

        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task Every_route_is_described_and_every_reference_leads_somewhere()
    {
        await using var api = await ApiHost.StartAsync();

        var document = (await api.GetAsync("/openapi/v1.json")).Json;

        foreach (var route in AllRoutes.List)
        {
            var operation = document.GetProperty("paths").GetProperty(route.Pattern).GetProperty(route.Method.ToLowerInvariant());
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("summary").GetString()));
        }

        var ids = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(ids.Distinct(), ids);
        foreach (var reference in References(document))
        {
            var place = document;
            foreach (var part in reference[2..].Split('/'))
            {
                place = place.GetProperty(part);
            }
        }
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name == "$ref" ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
