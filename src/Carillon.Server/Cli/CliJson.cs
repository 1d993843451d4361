using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Carillon.Server.Cli;

/// <summary>Contracts of what the command line itself writes as JSON.</summary>
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonArray))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class CliJson : JsonSerializerContext;
