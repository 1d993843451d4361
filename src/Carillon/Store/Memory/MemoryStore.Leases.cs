namespace Carillon.Store.Memory;

// Names held for a time.
internal sealed partial class MemoryStore
{
    public Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, string data, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => Acquire(new Lease(name, owner, now + duration, 0, data), now), cancellationToken);

    public Task<Renewal> RenewAsync(string name, long token, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => Renew(name, token, duration, now), cancellationToken);

    public Task ReleaseAsync(string name, long token, CancellationToken cancellationToken) =>
        TransactAsync(() => TryRelease(name, token), cancellationToken);

    public Task<IReadOnlyList<Lease>> ListLeasesAsync(string prefix, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Lease>>(() => ListLeases(prefix, now), cancellationToken);

    private static string NodeLease(string node) => $"node/{node}";

    private bool IsHeld(string name, long token, DateTimeOffset now) =>
        _leases.GetValueOrDefault(name) is { } lease && lease.Token == token && lease.Until > now;

    private Lease? Acquire(Lease wanted, DateTimeOffset now)
    {
        var current = _leases.GetValueOrDefault(wanted.Name) is { } lease && lease.Until > now ? lease : null;
        if (current is not null && current.Owner != wanted.Owner)
        {
            return null;
        }

        // Counted apart from the lease: a name given up and taken again must not meet its old token. The owner that takes its own lease
        // again has lost track of it (a node that gave up by its own clock): what rested on the old token must not rest on the new one.
        var taken = wanted with { Token = _leaseTokens.GetValueOrDefault(wanted.Name) + 1 };
        Put(_leaseTokens, taken.Name, taken.Token);
        Put(_leases, taken.Name, taken);
        return taken;
    }

    private Renewal Renew(string name, long token, TimeSpan duration, DateTimeOffset now)
    {
        if (!IsHeld(name, token, now))
        {
            return new Renewal(IsHeld: false, []);
        }

        var lease = _leases[name];
        Put(_leases, name, lease with { Until = now + duration });
        var asked = _jobs.Values.Where(job => job.State == JobState.Running && job.Node == lease.Owner && job.CancelReason is not null);
        return new Renewal(IsHeld: true, [.. asked.Select(job => new CancelRequest(job.Id, job.Token, job.CancelReason!))], WishOf(lease));
    }

    private string? WishOf(Lease lease) => lease.Name == NodeLease(lease.Owner) ? _definitions.GetValueOrDefault((DefinitionKinds.Node, lease.Owner))?.Body : null;

    private bool TryRelease(string name, long token)
    {
        if (_leases.GetValueOrDefault(name)?.Token != token)
        {
            return false;
        }

        _signal |= name.StartsWith(LockRequest.Prefix, StringComparison.Ordinal) || name.StartsWith(NodeLease(""), StringComparison.Ordinal) ? StoreSignal.Locks : StoreSignal.None;
        Remove(_leases, name);
        return true;
    }

    private List<Lease> ListLeases(string prefix, DateTimeOffset now) =>
    [
        .. _leases.Values.Where(lease => lease.Name.StartsWith(prefix, StringComparison.Ordinal) && Stands(lease, now)).Select(Seen)
            .OrderBy(lease => lease.Name, StringComparer.Ordinal),
    ];
}
