using System.Text.Json.Nodes;
using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>The rows of definitions.</summary>
internal static class DefinitionTable
{
    private const string Columns = "kind, name, version, body, updated_at";
    private const string FindSql = $"select {Columns} from carillon.definition where tenant = '' and kind = $1 and name = $2";
    private const string LockSql = $"{FindSql} for update";
    private const string ListSql = $"select {Columns} from carillon.definition where tenant = '' and kind = $1 order by name";
    private const string DeleteSql = "delete from carillon.definition where tenant = '' and kind = $1 and name = $2";

    // The version in the condition: where another one made it meanwhile nothing is written.
    private const string PutSql = /*lang=sql*/ """
        insert into carillon.definition as d (tenant, kind, name, version, body, updated_at, is_paused, max_concurrent, rate, burst, group_rate, group_burst, is_fair)
        values ('', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (tenant, kind, name) do update
           set version = excluded.version, body = excluded.body, updated_at = excluded.updated_at, is_paused = excluded.is_paused, max_concurrent = excluded.max_concurrent,
               rate = excluded.rate, burst = excluded.burst, group_rate = excluded.group_rate, group_burst = excluded.group_burst, is_fair = excluded.is_fair
         where d.version = excluded.version - 1
        """;

    public static Task<Definition?> FindAsync(Transaction transaction, string kind, string name) =>
        transaction.Use(FindSql).Set(kind).Set(name).FirstAsync(Read);

    public static Task<List<Definition>> ListAsync(Transaction transaction, string kind) => transaction.Use(ListSql).Set(kind).ListAsync(Read);

    public static async Task<bool> TryPutAsync(Transaction transaction, Definition definition, long? expectedVersion, Act? act)
    {
        while (true)
        {
            var before = await LockAsync(transaction, definition.Kind, definition.Name);
            var version = before?.Version ?? 0;
            if (expectedVersion is not null && expectedVersion != version)
            {
                return false;
            }

            if (await TryWriteAsync(transaction, definition with { Version = version + 1 }))
            {
                await NoteChangeAsync(transaction, (before, definition), act, definition.UpdatedAt);
                return true;
            }
        }
    }

    public static async Task<bool> TryRemoveAsync(Transaction transaction, string kind, string name, Act? act, DateTimeOffset now)
    {
        if (await LockAsync(transaction, kind, name) is not { } before)
        {
            return false;
        }

        await transaction.Use(DeleteSql).Set(kind).Set(name).RunAsync();
        await NoteChangeAsync(transaction, (before, null), act, now);
        return true;
    }

    private static Task<Definition?> LockAsync(Transaction transaction, string kind, string name) =>
        transaction.Use(LockSql).Set(kind).Set(name).FirstAsync(Read);

    private static async Task<bool> TryWriteAsync(Transaction transaction, Definition definition)
    {
        var settings = QueueSettings.Read(definition.Kind == DefinitionKinds.Queue ? definition.Body : null);
        return await transaction.Use(PutSql).Set(definition.Kind).Set(definition.Name).Set(definition.Version).Set(definition.Body).Set(definition.UpdatedAt)
            .Set(settings.IsPaused).Set(settings.MaxConcurrent).Set(settings.MaxRate?.Interval).Set(settings.MaxRate?.Burst)
            .Set(settings.MaxRatePerGroup?.Interval).Set(settings.MaxRatePerGroup?.Burst).Set(settings.IsFair).RunAsync() > 0;
    }

    private static Definition Read(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.Instant(4));

    private static async Task NoteChangeAsync(Transaction transaction, (Definition? Before, Definition? After) change, Act? act, DateTimeOffset now)
    {
        var changed = change.After ?? change.Before!;

        // A resumed queue or a raised limit makes jobs claimable.
        transaction.Tell(changed.Kind switch { DefinitionKinds.Queue => StoreSignal.Jobs, DefinitionKinds.Node => StoreSignal.Cancels, _ => StoreSignal.None });
        if (changed.Kind == DefinitionKinds.Queue)
        {
            await BucketTable.RenewAsync(transaction, changed.Name, QueueSettings.Read(change.Before?.Body), QueueSettings.Read(change.After?.Body));
        }

        await JournalTable.AppendActAsync(
            transaction, new Subject(SubjectKindOf(changed.Kind), changed.Name), act, act is null ? default : (ToJson(change.Before), ToJson(change.After)), now);
    }

    private static SubjectKind SubjectKindOf(string kind) => kind switch
    {
        DefinitionKinds.Queue => SubjectKind.Queue,
        DefinitionKinds.Key => SubjectKind.Key,
        DefinitionKinds.Node => SubjectKind.Node,
        _ => SubjectKind.Setting,
    };

    private static JsonNode? ToJson(Definition? definition) => definition is null ? null : JsonNode.Parse(definition.Body);
}
