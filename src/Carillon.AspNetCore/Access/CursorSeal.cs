using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Carillon.Store;

namespace Carillon.AspNetCore.Access;

/// <summary>
/// Signs the cursors of lists, so that one that was forged, or that belongs to another query, is refused. The secret is random, kept in the
/// store for all nodes; it guards against mistakes and probing, not the data (a cursor opens nothing that the caller may not read).
/// </summary>
internal sealed class CursorSeal(IStore store, TimeProvider clock)
{
    private const string SecretName = "cursor-secret";
    private const int MacBytes = 16;
    private byte[]? _secret;

    /// <summary>The cursor that goes on after this place in this query.</summary>
    public async Task<string> SealAsync(string query, string place, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(place);
        return Base64Url.EncodeToString([.. Mac(await SecretAsync(cancellationToken), query, bytes), .. bytes]);
    }

    /// <summary>The place; null when the cursor is not ours or belongs to another query.</summary>
    public async Task<string?> OpenAsync(string query, string cursor, CancellationToken cancellationToken)
    {
        if (cursor.Length > 2_000 || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length <= MacBytes)
        {
            return null;
        }

        var place = bytes[MacBytes..];
        var expected = Mac(await SecretAsync(cancellationToken), query, place);
        return CryptographicOperations.FixedTimeEquals(expected, bytes.AsSpan(0, MacBytes)) ? Encoding.UTF8.GetString(place) : null;
    }

    private static byte[] Mac(byte[] secret, string query, byte[] place)
    {
        byte[] message = [.. SHA256.HashData(Encoding.UTF8.GetBytes(query)), .. place];
        return HMACSHA256.HashData(secret, message)[..MacBytes];
    }

    private async Task<byte[]> SecretAsync(CancellationToken cancellationToken) => _secret ??= await ReadAsync(cancellationToken) ?? await MakeAsync(cancellationToken);

    private async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await store.GetDefinitionAsync(DefinitionKinds.Setting, SecretName, cancellationToken) is not { } stored)
        {
            return null;
        }

        using var document = JsonDocument.Parse(stored.Body);
        return document.RootElement.GetProperty("secret").GetBytesFromBase64();
    }

    // Without an act: the journal is for readers, and the secret is not.
    private async Task<byte[]> MakeAsync(CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        var body = $$"""{"secret":"{{Convert.ToBase64String(secret)}}"}""";
        var isFirst = await store.PutDefinitionAsync(DefinitionKinds.Setting, SecretName, body, 0, null, clock.GetUtcNow(), cancellationToken);
        return isFirst ? secret : await ReadAsync(cancellationToken) ?? throw new StoreUnavailableException("The cursors' secret was removed while it was read; try again.");
    }
}
