using System.Text.Json.Serialization;

namespace Carillon.Store;

/// <summary>JSON of what stores keep as documents, source-generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QueueSettings))]
[JsonSerializable(typeof(RetryPolicy))]
[JsonSerializable(typeof(AttemptFact))]
[JsonSerializable(typeof(Schedule))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<After>))]
internal sealed partial class StoreJson : JsonSerializerContext;
