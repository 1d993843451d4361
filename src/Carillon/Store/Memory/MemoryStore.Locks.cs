namespace Carillon.Store.Memory;

// Leases that rest on their node's.
internal sealed partial class MemoryStore
{
    public Task<Lease?> LockAsync(LockRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => TakeLock(request, now), cancellationToken);

    private Lease? TakeLock(LockRequest request, DateTimeOffset now)
    {
        if (!IsHeld(NodeLease(request.Node), request.NodeToken, now))
        {
            return null;
        }

        if (_leases.GetValueOrDefault(request.Name) is { } held && Stands(held, now))
        {
            return (held.Owner, held.Data) == (request.Node, request.Data) ? Seen(held) : null;
        }

        var taken = new Lease(request.Name, request.Node, now, _leaseTokens.GetValueOrDefault(request.Name) + 1, request.Data) { NodeToken = request.NodeToken };
        Put(_leaseTokens, taken.Name, taken.Token);
        Put(_leases, taken.Name, taken);
        return Seen(taken);
    }

    private bool Stands(Lease lease, DateTimeOffset now) =>
        lease.NodeToken is { } token ? IsHeld(NodeLease(lease.Owner), token, now) : lease.Until > now;

    private Lease Seen(Lease lease) => lease.NodeToken is null ? lease : lease with { Until = _leases[NodeLease(lease.Owner)].Until };
}
