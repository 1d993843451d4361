using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The journal as readers see it.</summary>
internal static class JournalLists
{
    public static IReadOnlyList<JournalEntry> Read(Database database, JournalQuery query)
    {
        var where = new Conditions();
        where.Add("subject_kind = ", query.Subject, (statement, index) => statement.Set(index, (long)query.Subject!.Value.Kind));
        where.Add("subject = ", query.Subject, (statement, index) => statement.Set(index, query.Subject!.Value.Id));
        where.Add(query.IsNewestFirst ? "sequence < " : "sequence > ", query.After, (statement, index) => statement.Set(index, query.After));
        AddKinds(where, query.Kinds);
        var order = query.IsNewestFirst ? "desc" : "asc";
        var sql = $"""select sequence, subject_kind, subject, kind, at, who, "from", data from journal where {where} order by sequence {order} limit ?{where.NextParameter}""";
        var entries = new List<JournalEntry>();
        using var rows = where.Bind(database.Prepare(sql));
        for (rows.Set(where.NextParameter, (long)query.Limit); rows.Read();)
        {
            entries.Add(JournalTable.Read(rows));
        }

        return entries;
    }

    // Spelled out where it is the audit trail alone, which has an index of its own among the many other entries.
    private static void AddKinds(Conditions where, IReadOnlyList<string>? kinds)
    {
        if (kinds is [JournalKinds.Act])
        {
            where.Add("kind = 'act'");
        }
        else
        {
            where.AddAny("kind", kinds?.Select(kind => (Action<Statement, int>)((statement, index) => statement.Set(index, kind))));
        }
    }
}
