using Carillon.Store;

namespace Carillon.Postgres;

// The small facets: schedules, journal, leases, definitions.
internal sealed partial class PostgresStore
{
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
        var due = await ReadAsync(transaction => ScheduleLists.ListDueAsync(transaction, now, limit), cancellationToken);
        _rest.Keep(due, news);
        return due;
    }

    public Task<IReadOnlyList<FireResult>> FireAsync(IReadOnlyList<Firing> firings, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => Firings.FireAllAsync(transaction, firings, now), cancellationToken);

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

        var lease = await WriteAsync(transaction => LeaseTable.AcquireAsync(transaction, new Lease(name, owner, now + duration, 0, data), now), cancellationToken);
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
                : await WriteAsync(transaction => LeaseTable.RenewAsync(transaction, name, token, duration, now), cancellationToken);
        }

        var node = new Lease(name, "", now + duration, token, "{}");
        var (renewal, beat) = await WriteAsync(transaction => BeatTable.RenewAsync(transaction, node, _rest.LeaderToken, duration, now), cancellationToken);
        _rest.Keep(beat);
        if (beat is not null)
        {
            _presence?.See(beat.Ring);
        }

        return renewal;
    }

    public async Task ReleaseAsync(string name, long token, CancellationToken cancellationToken)
    {
        await WriteAsync(transaction => LeaseTable.ReleaseAsync(transaction, name, token), cancellationToken);
        _rest.Forget(name, 0);
        _presence?.Leave(name);
        _notifier.Tell(StoreSignal.Nodes);
    }

    private void Enter(string lease, long token)
    {
        if (lease.StartsWith("node/", StringComparison.Ordinal))
        {
            _presence?.Enter(lease, token);
        }
    }

    public async Task<IReadOnlyList<Lease>> ListLeasesAsync(string prefix, DateTimeOffset now, CancellationToken cancellationToken) =>
        await ReadAsync(transaction => LeaseTable.ListAsync(transaction, prefix, now), cancellationToken);

    public Task<bool> PutDefinitionAsync(string kind, string name, string body, long? expectedVersion, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => DefinitionTable.TryPutAsync(transaction, new Definition(kind, name, 0, body, now), expectedVersion, act), cancellationToken);

    public Task<Definition?> GetDefinitionAsync(string kind, string name, CancellationToken cancellationToken) =>
        ReadAsync(transaction => DefinitionTable.FindAsync(transaction, kind, name), cancellationToken);

    public async Task<IReadOnlyList<Definition>> ListDefinitionsAsync(string kind, CancellationToken cancellationToken) =>
        await ReadAsync(transaction => DefinitionTable.ListAsync(transaction, kind), cancellationToken);

    public Task<bool> RemoveDefinitionAsync(string kind, string name, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => DefinitionTable.TryRemoveAsync(transaction, kind, name, act, now), cancellationToken);
}
