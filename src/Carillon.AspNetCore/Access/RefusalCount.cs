using System.Net;
using System.Net.Sockets;

namespace Carillon.AspNetCore.Access;

/// <summary>
/// Counts refusals by who causes them within a minute: wrong keys by address, denied acts by key. IPv6 addresses count by their /64, which one
/// person has whole; the table is bounded, and what does not fit counts together.
/// </summary>
internal sealed class RefusalCount(TimeProvider clock)
{
    private const int MaxCauses = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, (long Since, int Count)> _byCause = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Notes a refusal; says which one of its minute it is and how much of that minute is left.</summary>
    public (int Count, TimeSpan Left) Note(string cause)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var key = Place(cause, now);
            var (since, count) = _byCause.TryGetValue(key, out var found) && clock.GetElapsedTime(found.Since, now) < Window ? found : (now, 0);
            _byCause[key] = (since, ++count);
            return (count, Window - clock.GetElapsedTime(since, now));
        }
    }

    /// <summary>What an address counts as.</summary>
    public static string Of(IPAddress? address) => address switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };

    private string Place(string key, long now)
    {
        if (_byCause.Count < MaxCauses || _byCause.ContainsKey(key))
        {
            return key;
        }

        foreach (var old in _byCause.Where(pair => clock.GetElapsedTime(pair.Value.Since, now) >= Window).Select(pair => pair.Key).ToList())
        {
            _byCause.Remove(old);
        }

        return _byCause.Count < MaxCauses ? key : "others";
    }
}
