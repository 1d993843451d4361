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

    public Task<DueSchedules> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        ReadAsync(transaction => ScheduleLists.ListDueAsync(transaction, now, limit), cancellationToken);

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

    public Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, string data, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => LeaseTable.AcquireAsync(transaction, new Lease(name, owner, now + duration, 0, data), now), cancellationToken);

    public Task<Renewal> RenewAsync(string name, long token, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(transaction => LeaseTable.RenewAsync(transaction, name, token, duration, now), cancellationToken);

    public Task ReleaseAsync(string name, long token, CancellationToken cancellationToken) =>
        WriteAsync(transaction => LeaseTable.ReleaseAsync(transaction, name, token), cancellationToken);

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
