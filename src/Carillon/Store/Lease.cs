namespace Carillon.Store;

/// <summary>A name held by an owner until an instant. Nodes, the leader and locks are leases.</summary>
/// <param name="Name"><c>node/NAME</c>, <c>leader</c>, or a lock's name.</param>
/// <param name="Owner">Who holds it.</param>
/// <param name="Until">It may be taken by another from then on.</param>
/// <param name="Token">Grows each time it is taken: the fence.</param>
/// <param name="Data">JSON; a node's handler manifest.</param>
public sealed record Lease(string Name, string Owner, DateTimeOffset Until, long Token, string Data)
{
    /// <summary>Of a lock: the token of its owner's node lease. It is held for as long as that one is, and ends with it.</summary>
    internal long? NodeToken { get; init; }
}

/// <summary>The answer to a renewal.</summary>
/// <param name="IsHeld">False: the lease ran out or changed hands; the holder must stop what rests on it.</param>
/// <param name="Cancels">Running jobs of the owner that were asked to stop: the job, the token of its claim and why.</param>
/// <param name="Wish">Of a node's lease: the body of the definition <see cref="DefinitionKinds.Node"/> of its name; null when there is none.</param>
internal sealed record Renewal(bool IsHeld, IReadOnlyList<CancelRequest> Cancels, string? Wish = null)
{
    /// <summary>What the store's own clock said on the way; null where it has none, or was not asked.</summary>
    public StoreTime? Time { get; init; }
}

/// <summary>A running attempt was asked to stop.</summary>
/// <param name="Job">The job.</param>
/// <param name="Token">The claim that was asked.</param>
/// <param name="Reason"><c>user</c>, <c>overlap</c>.</param>
internal readonly record struct CancelRequest(Guid Job, long Token, string Reason);
