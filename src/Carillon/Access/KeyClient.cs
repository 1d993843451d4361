using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Access;

/// <summary>The door to API keys: create, list, revoke. Safe for concurrent use.</summary>
public sealed class KeyClient
{
    private const string Prefix = "carillon_";
    private const int SecretBytes = 32;
    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly JobIds _ids;

    internal KeyClient(IStore store, TimeProvider clock, JobIds ids) => (_store, _clock, _ids) = (store, clock, ids);

    /// <summary>Told when this process changed a key.</summary>
    internal event Action? Changed;

    /// <summary>Makes a key. Its secret is in the answer and nowhere else. The first key must be an admin's, or nobody could make another.</summary>
    /// <exception cref="InvalidRequestException">The name, the expiry or the role has faults.</exception>
    public async Task<NewApiKey> CreateAsync(string name, Role role, DateTimeOffset? expiresAt, Act act, CancellationToken cancellationToken = default)
    {
        var now = _clock.GetUtcNow();
        var keys = await ListAsync(cancellationToken);
        Refuse([.. JobRules.Name("name", name), .. CheckExpiry(expiresAt, now), .. CheckFirst(role, expiresAt, keys)]);
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var stored = new StoredKey(name, role, Hash(secret), secret[^4..], now, expiresAt);
        var id = _ids.Next().ToString("N");
        await RecordAsync(id, act, null, stored.ToKey(id), now, cancellationToken);
        await _store.PutDefinitionAsync(DefinitionKinds.Key, id, JsonSerializer.Serialize(stored, KeyJson.Default.StoredKey), 0, null, now, cancellationToken);
        Changed?.Invoke();
        return new NewApiKey(stored.ToKey(id), secret);
    }

    /// <summary>All keys, oldest first, expired ones too; never their secrets.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. (await ReadAsync(_store, cancellationToken)).Select(pair => pair.Key.ToKey(pair.Id)).OrderBy(key => key.Id, StringComparer.Ordinal)];

    /// <summary>Ends a key; every node refuses it within five seconds. False when there is none of this id.</summary>
    /// <exception cref="InvalidRequestException">It is the last admin's key while other keys live: nobody could manage those.</exception>
    public async Task<bool> RevokeAsync(string id, Act act, CancellationToken cancellationToken = default)
    {
        var keys = await ListAsync(cancellationToken);
        if (keys.FirstOrDefault(key => key.Id == id) is not { } revoked)
        {
            return false;
        }

        var others = keys.Where(key => key.Id != id).ToList();
        var now = _clock.GetUtcNow();
        if (others.Count > 0 && !others.Any(key => key.Role == Role.Admin && !(key.ExpiresAt <= now)))
        {
            throw new InvalidRequestException([new Fault("id", id, "is the last admin key, and nobody could manage the others; create another admin key first, or revoke the others first")]);
        }

        await RecordAsync(id, act, revoked, null, now, cancellationToken);
        var isRevoked = await _store.RemoveDefinitionAsync(DefinitionKinds.Key, id, null, now, cancellationToken);
        Changed?.Invoke();
        return isRevoked;
    }

    // Written by hand and first, for an act without a record must not be: what the store would write with the change holds the hash, and
    // the journal is read by more people, and for longer, than the key lives.
    private Task RecordAsync(string id, Act act, ApiKey? before, ApiKey? after, DateTimeOffset now, CancellationToken cancellationToken) => _store.AppendAsync(
        [
            new JournalEntry
            {
                Subject = new Subject(SubjectKind.Key, id),
                Kind = JournalKinds.Act,
                At = now,
                Who = act.Who,
                From = act.From,
                Data = new JsonObject { ["act"] = act.What, ["before"] = ToJson(before), ["after"] = ToJson(after) }.ToJsonString(),
            },
        ],
        cancellationToken);

    private static JsonNode? ToJson(ApiKey? key) => key is null ? null : JsonSerializer.SerializeToNode(key, KeyJson.Default.ApiKey);

    internal static async Task<IReadOnlyList<(string Id, StoredKey Key)>> ReadAsync(IStore store, CancellationToken cancellationToken) =>
        [.. from definition in await store.ListDefinitionsAsync(DefinitionKinds.Key, cancellationToken)
            let key = JsonSerializer.Deserialize(definition.Body, KeyJson.Default.StoredKey)
            where key is not null
            select (definition.Name, key)];

    internal static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static IEnumerable<Fault> CheckExpiry(DateTimeOffset? expiresAt, DateTimeOffset now) =>
        expiresAt <= now ? [new Fault("expiresAt", $"{expiresAt:O}", "is already past")] : [];

    private static IEnumerable<Fault> CheckFirst(Role role, DateTimeOffset? expiresAt, IReadOnlyList<ApiKey> keys)
    {
        if (keys.Count > 0)
        {
            yield break;
        }

        if (role != Role.Admin)
        {
            yield return new Fault("role", role.ToString(), "the first key must have the role admin: from then on every call needs a key, and only an admin can make more");
        }
        else if (expiresAt is not null)
        {
            yield return new Fault("expiresAt", $"{expiresAt:O}", "the first key must not expire: once it had, nobody could make another");
        }
    }

    private static void Refuse(IReadOnlyList<Fault> faults)
    {
        if (faults.Count > 0)
        {
            throw new InvalidRequestException(faults);
        }
    }
}
