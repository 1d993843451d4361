using Carillon.Store;

namespace Carillon.Postgres;

// The small facets: schedules, journal, leases, definitions.
internal sealed partial class PostgresStore
{
    private static readonly TimeSpan LongestBeat = TimeSpan.FromSeconds(30);

    public Task<bool> PutSchedulesAsync(IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => ScheduleTable.TryPutAllAsync(transaction, schedules, act, now), cancellationToken);

    public Task<IReadOnlyList<string>> RemoveSchedulesAsync(IReadOnlyList<string> names, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => ScheduleTable.RemoveAllAsync(transaction, names, act, now), cancellationToken);

    public Task<Schedule?> GetScheduleAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(transaction => ScheduleLists.FindAsync(transaction, name), cancellationToken);

    public async Task<IReadOnlyList<Schedule>> ListSchedulesAsync(ScheduleQuery query, CancellationToken cancellationToken) =>
        await ReadAsync(transaction => ScheduleLists.ListAsync(transaction, query), cancellationToken);

    public async Task<DueSchedules> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        if (_rest.FindDue(now) is { } rest)
        {
            return rest;
        }

        var news = _rest.News;
        var due = await Ready.RunAloneAsync(transaction => ScheduleLists.ListDueAsync(transaction, now, limit), cancellationToken);
        _rest.Keep(due, news);
        return due;
    }

    // Statement and commit take 2 to 4 ms; the first ones of a process, or those of a busy machine, some ten times that.
    public TimeSpan Ahead => _enqueues.Offer is null ? TimeSpan.Zero : TimeSpan.FromMilliseconds(100);

    public Task<IReadOnlyList<FireResult>> FireAheadAsync(IReadOnlyList<Firing> firings, DateTimeOffset at, CancellationToken cancellationToken) =>
        FiringAlone.FireAheadAsync(Ready, firings, _enqueues.Offer, at);

    public async Task<IReadOnlyList<FireResult>> FireAsync(IReadOnlyList<Firing> firings, DateTimeOffset now, CancellationToken cancellationToken) =>
        await FiringAlone.TryFireAsync(Ready, firings, _enqueues.Offer, now, cancellationToken)
        ?? await WriteAsync(transaction => Firings.FireAllAsync(transaction, firings, now), cancellationToken);

    public Task AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) =>
        WriteAsync(
            async transaction =>
            {
                await JournalTable.AppendAllAsync(transaction, entries);
                return entries.Count;
            },
            cancellationToken);

    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalQuery query, CancellationToken cancellationToken) =>
        await ReadAsync(transaction => JournalLists.ReadAsync(transaction, query), cancellationToken);

    public async Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, string data, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (name == "leader" && _rest.IsLedByOther(owner, now))
        {
            return null;
        }

        var lease = await Ready.RunAloneAsync(transaction => LeaseTable.AcquireAsync(transaction, new Lease(name, owner, now + duration, 0, data), now), cancellationToken);
        if (lease is not null)
        {
            _rest.Forget(name, lease.Token);
            Enter(name, lease.Token);
        }

        return lease;
    }

    // The node's heartbeat takes the leader's lease along; the leader's own renewal, right after it, finds that done.
    public async Task<Renewal> RenewAsync(string name, long token, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!name.StartsWith("node/", StringComparison.Ordinal))
        {
            return _rest.IsLeaderRenewed(token, duration, now) && name == "leader"
                ? new Renewal(IsHeld: true, [])
                : await Ready.RunAloneAsync(transaction => LeaseTable.RenewAsync(transaction, name, token, duration, now), cancellationToken);
        }

        var node = new Lease(name, "", now + duration, token, "{}");
        _ = Ready;
        var (renewal, beat) = await _beats.RunAsync(session => BeatTable.Renew(session, node, _rest.LeaderToken, duration, now), LimitOf(duration), cancellationToken);
        _rest.Keep(beat);
        if (beat is not null)
        {
            _presence?.See(beat.Ring);
        }

        return renewal;
    }

    public Task<Lease?> LockAsync(LockRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        Ready.RunAloneAsync(transaction => LockTable.TakeAsync(transaction, request, now), cancellationToken);

    public async Task ReleaseAsync(string name, long token, CancellationToken cancellationToken)
    {
        if (name.StartsWith(LockRequest.Prefix, StringComparison.Ordinal))
        {
            await Ready.RunAloneAsync(transaction => LockTable.ReleaseAsync(transaction, name, token), cancellationToken);
            return;
        }

        await Ready.RunAloneAsync(transaction => LeaseTable.ReleaseAsync(transaction, name, token), cancellationToken);
        _rest.Forget(name, 0);
        _presence?.Leave(name);
        _notifier.Tell(StoreSignal.Nodes);
    }

    // A third of the lease: two more can follow before the node has to give up.
    private static TimeSpan LimitOf(TimeSpan lease) => lease / 3 < LongestBeat ? lease / 3 : LongestBeat;

    private void Enter(string lease, long token)
    {
        if (lease.StartsWith("node/", StringComparison.Ordinal))
        {
            _presence?.Enter(lease, token);
        }
    }

    public async Task<IReadOnlyList<Lease>> ListLeasesAsync(string prefix, DateTimeOffset now, CancellationToken cancellationToken) =>
        prefix.StartsWith(LockRequest.Prefix, StringComparison.Ordinal)
            ? await ReadAsync(transaction => LockTable.ListAsync(transaction, prefix, now), cancellationToken)
            : await ReadAsync(transaction => LeaseTable.ListAsync(transaction, prefix, now), cancellationToken);

    public Task<bool> PutDefinitionAsync(string kind, string name, string body, long? expectedVersion, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => DefinitionTable.TryPutAsync(transaction, new Definition(kind, name, 0, body, now), expectedVersion, act), cancellationToken);

    public Task<Definition?> GetDefinitionAsync(string kind, string name, CancellationToken cancellationToken) =>
        ReadAsync(transaction => DefinitionTable.FindAsync(transaction, kind, name), cancellationToken);

    public async Task<IReadOnlyList<Definition>> ListDefinitionsAsync(string kind, CancellationToken cancellationToken) =>
        await ReadAsync(transaction => DefinitionTable.ListAsync(transaction, kind), cancellationToken);

    public Task<bool> RemoveDefinitionAsync(string kind, string name, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => DefinitionTable.TryRemoveAsync(transaction, kind, name, act, now), cancellationToken);
}
