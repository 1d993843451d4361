using System.Collections.Immutable;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>
/// The leases, in memory: one process has the file, so none of them outlives it, and a heartbeat costs no statement. Immutable, so
/// that a transaction that fails gives back the ones before it.
/// </summary>
internal sealed record Leases(ImmutableSortedDictionary<string, Lease> ByName)
{
    public static Leases None { get; } = new(ImmutableSortedDictionary.Create<string, Lease>(StringComparer.Ordinal));

    public Leases With(Lease lease) => new(ByName.SetItem(lease.Name, lease));

    public Leases Without(string name) => new(ByName.Remove(name));

    /// <summary>The lease if it has not run out.</summary>
    public Lease? Find(string name, DateTimeOffset now) => ByName.TryGetValue(name, out var lease) && lease.Until > now ? lease : null;

    public bool IsHeld(string name, long token, DateTimeOffset now) => Find(name, now)?.Token == token;

    public bool IsNodeHeld(string node, long token, DateTimeOffset now) => IsHeld($"node/{node}", token, now);

    public Leases Shift(TimeSpan step) => new(ByName.ToImmutableSortedDictionary(
        pair => pair.Key, pair => pair.Value with { Until = pair.Value.Until + step }, StringComparer.Ordinal));
}
