using System.Text.Json.Serialization;

namespace Carillon.Handlers;

/// <summary>JSON of the built-in handlers' arguments and results, source-generated and closed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, MaxDepth = 64)]
[JsonSerializable(typeof(HttpArgs))]
[JsonSerializable(typeof(HttpResult))]
[JsonSerializable(typeof(ExecArgs))]
[JsonSerializable(typeof(ExecResult))]
[JsonSerializable(typeof(HeartbeatArgs))]
[JsonSerializable(typeof(HeartbeatResult))]
internal sealed partial class HandlerJson : JsonSerializerContext;
