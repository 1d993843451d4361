using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.AspNetCore.Json;

namespace Carillon.AspNetCore.Compatibility;

/// <summary>The older clients' contracts: snake case, but for the names that they have in camel case.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, MaxDepth = 64,
    Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(CompatJob))]
[JsonSerializable(typeof(CompatJobs))]
[JsonSerializable(typeof(CompatJobTypes))]
[JsonSerializable(typeof(CompatTaskFunctions))]
[JsonSerializable(typeof(CompatStatus))]
[JsonSerializable(typeof(CompatTriggered))]
[JsonSerializable(typeof(CompatExecutions))]
[JsonSerializable(typeof(CompatMemory))]
internal sealed partial class CompatJson : JsonSerializerContext
{
    /// <inheritdoc cref="ApiJson.Wire"/>
    public static CompatJson Wire => field ??= new CompatJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
