using System.Security.Cryptography;
using System.Text;
using Carillon.Store;

namespace Carillon.Access;

/// <summary>
/// Who bears this key? Keys are read from the store at most once in <see cref="Freshness"/>, so a key revoked on another node is refused
/// within it; one revoked here is refused at once.
/// </summary>
internal sealed class KeyRing
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(3);

    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private volatile Reading? _reading;

    public KeyRing(IStore store, TimeProvider clock, KeyClient keys)
    {
        (_store, _clock) = (store, clock);
        keys.Changed += () => _reading = null;
    }

    /// <summary>True once a key was made and while one is left, expired or not: an expired key does not open the door again.</summary>
    public async Task<bool> HasKeysAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).Keys.Count > 0;

    /// <summary>The key of this secret; null when there is none or it has expired. Compares hashes of one length, all of them, in constant time.</summary>
    public async Task<ApiKey?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = Encoding.ASCII.GetBytes(KeyClient.Hash(secret));
        ApiKey? found = null;
        foreach (var (id, key) in (await ReadAsync(cancellationToken)).Keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(key.Hash)))
            {
                found = key.ToKey(id);
            }
        }

        return found?.ExpiresAt <= _clock.GetUtcNow() ? null : found;
    }

    private async Task<Reading> ReadAsync(CancellationToken cancellationToken)
    {
        if (_reading is { } fresh && _clock.GetElapsedTime(fresh.Timestamp) < Freshness)
        {
            return fresh;
        }

        var timestamp = _clock.GetTimestamp();
        var reading = new Reading(await KeyClient.ReadAsync(_store, cancellationToken), timestamp);
        _reading = reading;
        return reading;
    }

    private sealed record Reading(IReadOnlyList<(string Id, StoredKey Key)> Keys, long Timestamp);
}
