using Carillon.Store;

namespace Carillon.Sqlite;

// The small facets: journal, leases, definitions.
internal sealed partial class SqliteStore
{
    /// <summary>Copies the store as it stands at this instant into a new file, while work goes on; the copy is checked whole before it gets its name.</summary>
    public Task BackupAsync(string path, CancellationToken cancellationToken) => Readers.RunAsync(database =>
    {
        SqliteFiles.Backup(database, Path.GetFullPath(path));
        return true;
    }, cancellationToken);

    public Task AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => JournalTable.AppendAll(transaction, entries), cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalQuery query, CancellationToken cancellationToken) =>
        Readers.RunAsync(database => JournalLists.Read(database, query), cancellationToken);

    public Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, string data, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => LeaseTable.Acquire(transaction, new Lease(name, owner, now + duration, 0, data), now), cancellationToken);

    public Task<Renewal> RenewAsync(string name, long token, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => LeaseTable.Renew(transaction, name, token, duration, now), cancellationToken);

    public Task ReleaseAsync(string name, long token, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => LeaseTable.TryRelease(transaction, name, token), cancellationToken);

    public Task<IReadOnlyList<Lease>> ListLeasesAsync(string prefix, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => transaction.Board.Leases.List(prefix, now), cancellationToken);

    public Task<Lease?> LockAsync(LockRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => LeaseTable.Lock(transaction, request, now), cancellationToken);

    public Task<bool> PutDefinitionAsync(string kind, string name, string body, long? expectedVersion, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => DefinitionTable.TryPut(transaction, new Definition(kind, name, 0, body, now), expectedVersion, act), cancellationToken);

    public Task<Definition?> GetDefinitionAsync(string kind, string name, CancellationToken cancellationToken) =>
        Readers.RunAsync(database => DefinitionTable.Find(database, kind, name), cancellationToken);

    public Task<IReadOnlyList<Definition>> ListDefinitionsAsync(string kind, CancellationToken cancellationToken) =>
        Readers.RunAsync(database => DefinitionTable.List(database, kind), cancellationToken);

    public Task<bool> RemoveDefinitionAsync(string kind, string name, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => DefinitionTable.TryRemove(transaction, kind, name, act, now), cancellationToken);
}
