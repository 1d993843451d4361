using System.Text.Json.Nodes;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The rows of definitions.</summary>
internal static class DefinitionTable
{
    private const string FindSql = "select kind, name, version, body, updated_at from definition where tenant = '' and kind = ?1 and name = ?2";
    private const string ListSql = "select kind, name, version, body, updated_at from definition where tenant = '' and kind = ?1 order by name";
    private const string PutSql = "insert or replace into definition (tenant, kind, name, version, body, updated_at) values ('', ?1, ?2, ?3, ?4, ?5)";
    private const string DeleteSql = "delete from definition where tenant = '' and kind = ?1 and name = ?2";

    public static Definition? Find(Database database, string kind, string name)
    {
        using var row = database.Use(FindSql);
        return ReadOne(row.Set(1, kind).Set(2, name));
    }

    public static IReadOnlyList<Definition> List(Database database, string kind)
    {
        var definitions = new List<Definition>();
        using var rows = database.Use(ListSql);
        for (rows.Set(1, kind); ReadOne(rows) is { } definition;)
        {
            definitions.Add(definition);
        }

        return definitions;
    }

    public static bool TryPut(Transaction transaction, Definition definition, long? expectedVersion, Act? act)
    {
        var before = Find(transaction, definition.Kind, definition.Name);
        var version = before?.Version ?? 0;
        if (expectedVersion is not null && expectedVersion != version)
        {
            return false;
        }

        using (var row = transaction.Use(PutSql))
        {
            row.Set(1, definition.Kind).Set(2, definition.Name).Set(3, version + 1).Set(4, definition.Body).Set(5, definition.UpdatedAt).Run();
        }

        NoteChange(transaction, before, definition, act, definition.UpdatedAt);
        return true;
    }

    public static bool TryRemove(Transaction transaction, string kind, string name, Act? act, DateTimeOffset now)
    {
        if (Find(transaction, kind, name) is not { } before)
        {
            return false;
        }

        using (var row = transaction.Use(DeleteSql))
        {
            row.Set(1, kind).Set(2, name).Run();
        }

        NoteChange(transaction, before, null, act, now);
        return true;
    }

    private static Definition? Find(Transaction transaction, string kind, string name)
    {
        using var row = transaction.Use(FindSql);
        return ReadOne(row.Set(1, kind).Set(2, name));
    }

    private static Definition? ReadOne(Statement row) =>
        row.Read() ? new Definition(row.Name(0), row.Text(1), row.Long(2), row.Text(3), row.Instant(4)) : null;

    private static void NoteChange(Transaction transaction, Definition? before, Definition? after, Act? act, DateTimeOffset now)
    {
        var changed = after ?? before!;
        if (changed.Kind == DefinitionKinds.Queue)
        {
            // A resumed queue or a raised limit makes jobs claimable.
            transaction.Board.SetQueue(changed.Name, after?.Body);
            BucketTable.Renew(transaction, changed.Name, QueueSettings.Read(before?.Body), QueueSettings.Read(after?.Body));
            transaction.Tell(StoreSignal.Jobs);
        }
        else if (changed.Kind == DefinitionKinds.Node)
        {
            transaction.Board.Leases = transaction.Board.Leases.Wish(changed.Name, after?.Body);
            transaction.Tell(StoreSignal.Cancels);
        }

        JournalTable.AppendAct(transaction, new Subject(SubjectKindOf(changed.Kind), changed.Name), act, ToJson(before), ToJson(after), now);
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
