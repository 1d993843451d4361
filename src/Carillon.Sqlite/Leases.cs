using System.Collections.Immutable;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>
/// The leases, in memory: one process has the file, so none of them outlives it, and a heartbeat costs no statement. Immutable, so
/// that a transaction that fails gives back the ones before it.
/// </summary>
internal sealed record Leases(ImmutableSortedDictionary<string, Lease> ByName)
{
    // What is wanted of the nodes, meant for the life that they live now: nothing of it is needed after a restart.
    private ImmutableDictionary<string, string> Wishes { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    public static Leases None { get; } = new(ImmutableSortedDictionary.Create<string, Lease>(StringComparer.Ordinal));

    public Leases With(Lease lease) => this with { ByName = ByName.SetItem(lease.Name, lease) };

    public Leases Without(string name) => this with { ByName = ByName.Remove(name) };

    public Leases Wish(string node, string? body) => this with { Wishes = body is null ? Wishes.Remove(node) : Wishes.SetItem(node, body) };

    public string? WishOf(Lease lease) => lease.Name == $"node/{lease.Owner}" ? Wishes.GetValueOrDefault(lease.Owner) : null;

    /// <summary>The lease if it has not run out.</summary>
    public Lease? Find(string name, DateTimeOffset now) => ByName.TryGetValue(name, out var lease) && lease.Until > now ? lease : null;

    public bool IsHeld(string name, long token, DateTimeOffset now) => Find(name, now)?.Token == token;

    public bool IsNodeHeld(string node, long token, DateTimeOffset now) => IsHeld($"node/{node}", token, now);

    /// <summary>It has not run out; a lock's node has not.</summary>
    public bool Stands(Lease lease, DateTimeOffset now) => lease.NodeToken is { } token ? IsNodeHeld(lease.Owner, token, now) : lease.Until > now;

    /// <summary>Those that stand, as they are told: a lock lasts as long as its node's lease.</summary>
    public IReadOnlyList<Lease> List(string prefix, DateTimeOffset now) =>
        [.. ByName.Values.Where(lease => lease.Name.StartsWith(prefix, StringComparison.Ordinal) && Stands(lease, now)).Select(Seen)];

    public Lease Seen(Lease lease) => lease.NodeToken is null ? lease : lease with { Until = ByName[$"node/{lease.Owner}"].Until };

    public Leases Shift(TimeSpan step) => this with
    {
        ByName = ByName.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value with { Until = pair.Value.Until + step }, StringComparer.Ordinal),
    };
}
