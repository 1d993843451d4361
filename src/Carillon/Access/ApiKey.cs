using System.Text.Json.Serialization;

namespace Carillon.Access;

/// <summary>An API key as a reader sees it; the secret itself is kept nowhere.</summary>
/// <param name="Id">Its id; what <c>revoke</c> takes.</param>
/// <param name="Name">For people; the journal names it as who acted.</param>
/// <param name="Role">What its bearer may do.</param>
/// <param name="Last4">The last four characters of the secret, to tell keys apart.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">It is refused from then on; null for never.</param>
public sealed record ApiKey(string Id, string Name, Role Role, string Last4, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>A key just made: the only moment at which its secret can be read.</summary>
/// <param name="Key">The key.</param>
/// <param name="Secret">What its bearer sends: <c>Authorization: Bearer carillon_…</c>.</param>
public sealed record NewApiKey(ApiKey Key, string Secret);

/// <summary>The body of a <c>key</c> definition. A plain hash suffices: the secret is 256 random bits, so there is nothing to guess.</summary>
internal sealed record StoredKey(string Name, Role Role, string Hash, string Last4, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public ApiKey ToKey(string id) => new(id, Name, Role, Last4, CreatedAt, ExpiresAt);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredKey))]
[JsonSerializable(typeof(ApiKey))]
internal sealed partial class KeyJson : JsonSerializerContext;
