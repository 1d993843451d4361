using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>The journal as readers see it.</summary>
internal static class JournalLists
{
    public static Task<List<JournalEntry>> ReadAsync(Transaction transaction, JournalQuery query)
    {
        var where = new Conditions();
        if (query.Subject is { } subject)
        {
            AddSubject(where, subject);
        }

        where.Add(query.IsNewestFirst ? "sequence < " : "sequence > ", query.After);
        AddKinds(where, query.Kinds);
        var order = query.IsNewestFirst ? "desc" : "asc";
        return where.Bind(transaction, $"select {JournalTable.Columns} from carillon.journal where {where} order by sequence {order} limit {query.Limit}").ListAsync(JournalTable.Read);
    }

    // A job's entries by its id, which is shorter than its text and has the index.
    private static void AddSubject(Conditions where, Subject subject)
    {
        if (subject.Kind == SubjectKind.Job && Guid.TryParse(subject.Id, out var job))
        {
            where.Add("job = ", (Guid?)job);
        }
        else
        {
            where.Add("job is null");
        }

        where.Add("subject_kind = ", (long?)subject.Kind);
        where.Add("subject = ", subject.Id);
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
            where.AddAny("kind", kinds?.ToArray(), NpgsqlDbType.Text);
        }
    }
}
